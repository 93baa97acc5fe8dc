using System.Net;
using TinyGptV.Backends;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>What a silo of a cluster is there for.</summary>
internal enum SiloRole
{
    /// <summary>Reads benchmarks, gives out shards, keeps runs.</summary>
    Coordinator,

    /// <summary>Loads the model and answers.</summary>
    Replica,
}

/// <summary>What <c>tinygptv silo</c> is asked to do.</summary>
internal sealed record SiloOptions
{
    public required SiloRole Role { get; init; }

    /// <summary>Different from the names of all other silos.</summary>
    public required string Name { get; init; }

    /// <summary>Where it listens.</summary>
    public required SiloEndpoints Endpoints { get; init; }

    /// <summary>The cluster it joins and how it finds it.</summary>
    public required MembershipOptions Membership { get; init; }

    /// <summary>The coordinator that a replica joins, if no store lists the members.</summary>
    public required ClusterAddress Primary { get; init; }

    /// <summary>How long it waits for the membership store, or a replica for the coordinator, to answer.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>How long it may take to stop.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Where benchmarks are.</summary>
    public required StorageLocation Data { get; init; }

    /// <summary>Where the coordinator keeps runs.</summary>
    public required StorageLocation Runs { get; init; }

    /// <summary>How data, model and runs are reached, if they are in object storage.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>The replica's model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>How many replicas there are on each device; more than 1 for scripts only.</summary>
    public required int Replicas { get; init; }

    public required LogOptions Log { get; init; }

    /// <summary>Where health and metrics are served; null for nowhere.</summary>
    public IPEndPoint? Http { get; init; }

    /// <inheritdoc cref="SiloSettings.Dashboard"/>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>Where an OTLP collector listens; null for none.</summary>
    public Uri? Collector { get; init; }
}
