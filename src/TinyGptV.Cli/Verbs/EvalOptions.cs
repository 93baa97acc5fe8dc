using TinyGptV.Backends;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The options of <c>tinygptv eval</c>.</summary>
internal sealed record EvalOptions
{
    /// <summary>What to evaluate.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>How to connect to a running cluster; otherwise a cluster is started in this process.</summary>
    public required ClusterEntrance Entrance { get; init; }

    /// <summary>The model, if the cluster is in this process.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>The location of the benchmarks, if the cluster is in this process.</summary>
    public required StorageLocation Data { get; init; }

    /// <summary>The location of the runs, if the cluster is in this process.</summary>
    public required StorageLocation Runs { get; init; }

    /// <summary>Access to object storage for data, model and runs.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>The scoring mode.</summary>
    public required string Mode { get; init; }

    /// <summary>How long to wait for a cluster and for its first replica.</summary>
    public TimeSpan Wait { get; init; }

    public OutputFormat Format { get; init; }

    public required LogOptions Log { get; init; }
}
