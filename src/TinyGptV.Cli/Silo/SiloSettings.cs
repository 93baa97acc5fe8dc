using System.Net;

namespace TinyGptV.Cli.Silo;

/// <summary>What one silo is and where it listens. At least one of the two roles is set.</summary>
internal sealed record SiloSettings
{
    /// <summary>The silo's name, which is also that of its only replica.</summary>
    public required string Name { get; init; }

    /// <summary>The coordinator's role: where benchmarks are read and runs are kept.</summary>
    public CoordinatorFolders? Coordinator { get; init; }

    /// <summary>The replica's role: the model and the images it is asked about.</summary>
    public LoadedReplica? Replica { get; init; }

    /// <summary>The port for other silos; 0 for any free one.</summary>
    public int SiloPort { get; init; }

    /// <summary>The port for clients; 0 for any free one, null for none.</summary>
    public int? GatewayPort { get; init; }

    /// <summary>The silo that keeps the membership of a development cluster; null if this one does.</summary>
    public IPEndPoint? Primary { get; init; }

    /// <summary>Whether the log tells what goes on, not only what goes wrong.</summary>
    public bool Verbose { get; init; }
}

/// <summary>The folders of a coordinator.</summary>
internal sealed record CoordinatorFolders(string Benchmarks, string ShippedBenchmarks, string Runs);

/// <summary>A model in memory and the folder of the images it is asked about.</summary>
/// <param name="Model">The model.</param>
/// <param name="Benchmarks">The folder of benchmarks.</param>
/// <param name="Count">As how many replicas the silo offers the model; of several, each has the silo's name and a number.</param>
internal sealed record LoadedReplica(Evaluation.Inference.IVisionLanguageModel Model, string Benchmarks, int Count = 1);
