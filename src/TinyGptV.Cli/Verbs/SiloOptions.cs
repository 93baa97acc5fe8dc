using System.Net;
using TinyGptV.Backends;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The role of a silo.</summary>
internal enum SiloRole
{
    /// <summary>Reads benchmarks, assigns shards, stores runs.</summary>
    Coordinator,

    /// <summary>Loads the model and answers.</summary>
    Replica,
}

/// <summary>The options of <c>tinygptv silo</c>.</summary>
internal sealed record SiloOptions
{
    public required SiloRole Role { get; init; }

    /// <summary>A name that no other silo has.</summary>
    public required string Name { get; init; }

    /// <summary>The addresses and ports it listens on.</summary>
    public required SiloEndpoints Endpoints { get; init; }

    /// <summary>The cluster it joins, and how it finds the members.</summary>
    public required MembershipOptions Membership { get; init; }

    /// <summary>The coordinator that a replica joins, if there is no membership store.</summary>
    public required ClusterAddress Primary { get; init; }

    /// <summary>How long to wait for the membership store; for a replica, also for the coordinator.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>How long it may take to stop.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>The location of the benchmarks.</summary>
    public required StorageLocation Data { get; init; }

    /// <summary>Where the coordinator stores runs.</summary>
    public required StorageLocation Runs { get; init; }

    /// <summary>Access to object storage for data, model and runs.</summary>
    public required StorageOptions Storage { get; init; }

    /// <summary>The replica's model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>Replicas per device; more than 1 only for scripts.</summary>
    public required int Replicas { get; init; }

    public required LogOptions Log { get; init; }

    /// <summary>Where to serve health and metrics; null if not served.</summary>
    public IPEndPoint? Http { get; init; }

    /// <inheritdoc cref="SiloSettings.Dashboard"/>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>The URL of an OTLP collector; null for none.</summary>
    public Uri? Collector { get; init; }
}
