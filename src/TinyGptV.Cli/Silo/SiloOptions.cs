namespace TinyGptV.Cli.Silo;

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

    /// <summary>The port for other silos; 0 for any free one.</summary>
    public required int SiloPort { get; init; }

    /// <summary>The port for clients; 0 for any free one, null for none.</summary>
    public required int? GatewayPort { get; init; }

    /// <summary>The coordinator that a replica joins.</summary>
    public required ClusterAddress Primary { get; init; }

    /// <summary>How long a replica waits for the coordinator to listen.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>The folder of benchmarks.</summary>
    public required string Data { get; init; }

    /// <summary>The coordinator's folder of runs.</summary>
    public required string Runs { get; init; }

    /// <summary>The replica's model.</summary>
    public required ModelOptions Model { get; init; }

    /// <summary>As how many replicas the model is offered.</summary>
    public required int Replicas { get; init; }

    public bool Verbose { get; init; }
}
