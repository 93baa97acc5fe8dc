using System.CommandLine;
using System.Globalization;
using TinyGptV.Cli.Commands;
using TinyGptV.Cli.Display;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;

namespace TinyGptV.Throughput;

/// <summary>The command line of the benchmark tool.</summary>
internal sealed class ThroughputCommand : TeachingCommand
{
    private readonly Option<string> _replicas = new("--replicas")
    {
        Description = "The numbers of replicas to measure, separated by commas.",
        HelpName = "NUMBERS",
        DefaultValueFactory = _ => "1,4,16,64",
    };

    private readonly Option<int> _samples = Number("--samples-per-replica", "Average number of samples per replica.", 1000, 1);
    private readonly Option<int> _delay = Number("--delay", "Time per answer, in milliseconds.", 20, 0);
    private readonly Option<int> _concurrency = Number("--concurrency", "Concurrent answers per replica.", 1, 1);
    private readonly Option<int> _processes = Number("--processes", "Number of processes that host the replicas.", 4, 1);
    private readonly Option<int> _shardSize = Number("--shard-size", "Samples per shard.", 32, 1);

    private readonly Option<string?> _folder = new("--folder")
    {
        Description = "Where to keep data and runs of the measurement. Default: a temporary folder that is removed.",
        HelpName = "DIR",
    };

    private readonly Option<string> _format = CommandOptions.Format();

    public ThroughputCommand(ProgramEnvironment environment) : base(
        "throughput",
        "Measures the throughput of one coordinator without a model: starts a coordinator and scripted replicas as processes on this machine, with a synthetic "
        + "benchmark and a store in a folder. Prints samples per second, the efficiency relative to the smallest cluster, and the coordinator's memory, CPU "
        + "time and network traffic.",
        ("Scaling up to 64 replicas", "dotnet run -c Release --project tools/Throughput"),
        ("The maximum throughput of a coordinator",
            "dotnet run -c Release --project tools/Throughput -- --replicas 64 --samples-per-replica 15625 --delay 0 --concurrency 8"))
    {
        foreach (Option option in (Option[])[_replicas, _samples, _delay, _concurrency, _processes, _shardSize, _folder, _format])
            Add(option);
        SetAction((result, cancellationToken) => RunAsync(environment, result, cancellationToken));
    }

    private async Task<int> RunAsync(ProgramEnvironment environment, ParseResult result, CancellationToken cancellationToken)
    {
        string? kept = result.GetValue(_folder);
        string folder = kept ?? Directory.CreateTempSubdirectory("tinygptv-throughput-").FullName;
        try
        {
            return await new ThroughputSession(environment).RunAsync(Bind(result, folder), cancellationToken);
        }
        finally
        {
            if (kept is null)
                Directory.Delete(folder, recursive: true);
        }
    }

    private ThroughputOptions Bind(ParseResult result, string folder) => new(
        [.. result.GetRequiredValue(_replicas).Split(',', StringSplitOptions.TrimEntries).Select(ParseReplicas)],
        result.GetValue(_samples),
        TimeSpan.FromMilliseconds(result.GetValue(_delay)),
        result.GetValue(_concurrency),
        result.GetValue(_processes),
        result.GetValue(_shardSize),
        folder,
        result.GetChoice<OutputFormat>(_format));

    private static int ParseReplicas(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int replicas) && replicas > 0 ? replicas : throw new PrerequisiteException(
            $"--replicas must be whole numbers of at least 1, separated by commas, for example 1,16,64; found '{text}'.");

    private static Option<int> Number(string name, string description, int standard, int smallest)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "N", DefaultValueFactory = _ => standard };
        option.Validators.Add(NumberRange.AtLeast(smallest));
        return option;
    }
}
