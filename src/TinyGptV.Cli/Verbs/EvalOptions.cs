using TinyGptV.Backends;
using TinyGptV.Cli.Display;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>What <c>tinygptv eval</c> is asked to do.</summary>
internal sealed record EvalOptions
{
    /// <summary>What is evaluated.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>Where a running cluster is entered, or that one is made in this process.</summary>
    public required ClusterEntrance Entrance { get; init; }

    /// <summary>The model, if the cluster is in this process.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Where benchmarks are, if the cluster is in this process.</summary>
    public required StorageLocation Data { get; init; }

    /// <summary>Where runs are kept, if the cluster is in this process.</summary>
    public required StorageLocation Runs { get; init; }

    /// <summary>How data, model and runs are reached, if they are in object storage.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>The scoring mode.</summary>
    public required string Mode { get; init; }

    /// <summary>How long to wait for a cluster and for its first replica.</summary>
    public TimeSpan Wait { get; init; }

    public OutputFormat Format { get; init; }

    public required LogOptions Log { get; init; }
}
