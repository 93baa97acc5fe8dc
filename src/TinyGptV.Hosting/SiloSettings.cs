using System.Net;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting;

/// <summary>The roles and endpoints of one silo. At least one of the two roles is set.</summary>
public sealed record SiloSettings
{
    /// <summary>The silo's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether this silo has both roles: an embedded cluster in the client's process.</summary>
    public bool IsEmbedded => Coordinator is not null && Replica is not null;

    /// <summary>The coordinator role: where to read benchmarks and store runs.</summary>
    public CoordinatorStorage? Coordinator { get; init; }

    /// <summary>The replica role: models and images.</summary>
    public ReplicaRole? Replica { get; init; }

    /// <summary>Where it listens. Default: any free loopback port, no gateway.</summary>
    public SiloEndpoints Endpoints { get; init; } = new();

    /// <summary>The cluster it belongs to.</summary>
    public required ClusterMembership Membership { get; init; }

    /// <summary>The silo that keeps the membership of a development cluster; null for this one.</summary>
    public IPEndPoint? Primary { get; init; }

    /// <summary>Grace period: how long a stopping silo may take to finish its work. Default: 30 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    public LogOptions Log { get; init; } = new();

    /// <summary>Where to serve the Orleans dashboard; null for no dashboard.</summary>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>Ends the process on a fatal silo error; null for Orleans' default.</summary>
    public IFatalErrorHandler? FatalErrors { get; init; }

    /// <summary>The coordinator's store of runs, to be compared with that of others; null to compare nothing.</summary>
    public StorePlace? Runs { get; init; }

    /// <summary>The benchmarks of this silo, to be compared with those of others; null to compare nothing.</summary>
    public StorePlace? Data { get; init; }

    /// <summary>Whether calls between silos carry trace context.</summary>
    public bool Traced { get; init; }
}

/// <summary>Where a coordinator reads benchmarks and their images and stores runs, and how it knows whether other processes with runs still live.</summary>
public sealed record CoordinatorStorage(IBenchmarkSource Benchmarks, IImageSource Images, IRunStore Runs, IProcessWatch Processes);

/// <summary>Loaded models, each offered as a replica, and the source of their images.</summary>
public sealed record ReplicaRole(LocalReplicas Replicas, IImageSource Images);
