using System.Collections.Immutable;
using System.Text.Json;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Tests;

/// <summary>What all runs are held against: the samples, evaluated by the demonstration model in one process.</summary>
public sealed class OneProcessRun : IAsyncLifetime
{
    public const string Name = "compared";

    /// <summary>The settings of every run: small shards, so that there is something to lose, and no more samples than that takes.</summary>
    public static readonly ImmutableArray<string> Settings = ["--run", Name, "--shard-size", "2", "--limit", "24"];

    private readonly TemporaryFolder _folder = new();

    public async ValueTask InitializeAsync()
    {
        await using ProgramProcess eval = ProgramProcess.Start(_folder.Path, ["eval", "--runs", "runs", "--threads", "1", .. Settings]);
        Assert.True(await eval.WaitForExitAsync(TestContext.Current.CancellationToken) == ExitCode.Success, eval.Transcript);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Holds a run against this one: manifest and reports byte for byte, predictions byte for byte by sample.</summary>
    internal void AssertEqual(string runs)
    {
        foreach (string file in new[] { "manifest.json", "report.csv", "report.md", "report.html", "predictions.csv" })
            Assert.Equal(File.ReadAllText(_folder["runs", Name, file]), File.ReadAllText(Path.Combine(runs, Name, file)));
        Assert.Equal(PredictionsBySample(_folder["runs"]), PredictionsBySample(runs));
    }

    private static string[] PredictionsBySample(string runs) =>
        [.. Directory.GetFiles(Path.Combine(runs, Name, "predictions"), "shard-*.jsonl")
            .SelectMany(File.ReadAllLines)
            .OrderBy(line => KeyOf(JsonSerializer.Deserialize(line, EvaluationJson.Compact.Prediction)!), StringComparer.Ordinal)];

    private static string KeyOf(Prediction prediction) => $"{prediction.Benchmark}/{prediction.Sample.Id}";
}
