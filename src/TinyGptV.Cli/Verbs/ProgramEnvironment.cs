using TinyGptV.Backends;
using TinyGptV.Backends.TinyGptV;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Cli.Verbs;

/// <summary>The environment of the program. Tests pass their own writers and a scripted model.</summary>
internal sealed record ProgramEnvironment
{
    /// <summary>The streams, variables and models of this process.</summary>
    public static ProgramEnvironment OfThisProcess() => new()
    {
        Output = Console.Out,
        OpenOutput = Console.OpenStandardOutput,
        Error = Console.Error,
        ErrorIsTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb",
        LoadModel = LocalTinyGptV.LoadAsync,
        Variable = Environment.GetEnvironmentVariable,
    };

    /// <summary>Results, for pipes and scripts.</summary>
    public required TextWriter Output { get; init; }

    /// <summary>Opens the stream behind <see cref="Output"/>, for files that are written to it byte for byte.</summary>
    public Func<Stream> OpenOutput { get; init; } = () => Stream.Null;

    /// <summary>Progress and messages for people.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>True if <see cref="Error"/> is a terminal that can redraw progress bars.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>The folder of the shipped benchmarks and the demonstration model. Default: the program's folder.</summary>
    public string ShippedFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>Loads the model of a replica.</summary>
    public required ModelLoader LoadModel { get; init; }

    /// <summary>Reads an environment variable; null if it is not set. Default: none is set.</summary>
    public Func<string, string?> Variable { get; init; } = _ => null;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Access to object storage, from the environment; contains a secret.</summary>
    public StorageOptions Storage => new() { Connection = Variable(StorageOptions.ConnectionVariable), Time = Time };

    /// <summary>The definitions of the known benchmarks.</summary>
    public string ShippedBenchmarks => Path.Combine(ShippedFolder, "benchmarks-data");

    /// <summary>Whether a benchmark is one of the shipped ones, rather than the user's own.</summary>
    public bool Ships(string benchmark) =>
        Path.GetFileName(benchmark) == benchmark && File.Exists(Path.Combine(ShippedBenchmarks, benchmark, "benchmark.json"));

    /// <summary>The sample benchmarks, with annotations and images.</summary>
    public string SampleBenchmarks => Path.Combine(ShippedBenchmarks, "sample");

    public string DemonstrationModel => Path.Combine(ShippedFolder, "DemonstrationModel");
}
