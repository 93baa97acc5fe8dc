using System.Net;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting;

/// <summary>What one silo is and where it listens. At least one of the two roles is set.</summary>
public sealed record SiloSettings
{
    /// <summary>The silo's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether this silo is a whole cluster inside the process of whoever watches its run.</summary>
    public bool IsEmbedded => Coordinator is not null && Replica is not null;

    /// <summary>The coordinator's role: where benchmarks are read and runs are kept.</summary>
    public CoordinatorStorage? Coordinator { get; init; }

    /// <summary>The replica's role: models and the images they are asked about.</summary>
    public ReplicaRole? Replica { get; init; }

    /// <summary>Where it listens. Default: any free ports of loopback, none for clients.</summary>
    public SiloEndpoints Endpoints { get; init; } = new();

    /// <summary>The cluster it belongs to.</summary>
    public required ClusterMembership Membership { get; init; }

    /// <summary>The silo that keeps the membership of a development cluster; null if this one does.</summary>
    public IPEndPoint? Primary { get; init; }

    /// <summary>How long a silo that was told to stop may take to finish what it has. Default: 30 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    public LogOptions Log { get; init; } = new();

    /// <summary>Where the Orleans dashboard is served; null for nowhere.</summary>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>Ends the process when the silo cannot go on; null for the framework's own way.</summary>
    public IFatalErrorHandler? FatalErrors { get; init; }

    /// <summary>Whether calls between silos carry the trace they belong to.</summary>
    public bool Traced { get; init; }
}

/// <summary>Where a coordinator reads benchmarks and keeps runs.</summary>
public sealed record CoordinatorStorage(IBenchmarkSource Benchmarks, IRunStore Runs);

/// <summary>Models in memory, each offered as a replica, and the images they are asked about.</summary>
public sealed record ReplicaRole(LocalReplicas Replicas, IImageSource Images);
