using System.Text.Json;
using TinyGptV.Cli.Tests.Commands;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Tests;

/// <summary>The files of a run, held against those of another one that should have made the same.</summary>
internal static class RunFiles
{
    /// <summary>Manifest and reports must be the same byte for byte, and so must predictions, byte for byte by sample.</summary>
    /// <param name="expected">The folder of one run.</param>
    /// <param name="actual">The folder of the other.</param>
    public static void AssertEqual(string expected, string actual)
    {
        foreach (string file in new[] { "manifest.json", "report.csv", "report.md", "report.html", "predictions.csv" })
            Assert.Equal(File.ReadAllText(Path.Combine(expected, file)), File.ReadAllText(Path.Combine(actual, file)));
        Assert.Equal(PredictionsBySample(expected), PredictionsBySample(actual));
    }

    /// <summary>Holds a run below <c>stored</c> against the same run of scripted answers, made in this process.</summary>
    /// <param name="folder">Where <c>stored</c> is.</param>
    /// <param name="run">The name of the run.</param>
    /// <param name="settings">The options of the run.</param>
    public static async Task AssertScriptedAsync(TemporaryFolder folder, string run, string[] settings)
    {
        var (exitCode, _, error) = await new InProcess(folder).RunAsync(["eval", "--scripted", "0", "--batch", "1", "--runs", "{folder}/alone", .. settings]);
        Assert.True(exitCode == ExitCode.Success, error);
        AssertEqual(folder["alone", run], folder["stored", run]);
    }

    private static string[] PredictionsBySample(string run) =>
        [.. Directory.GetFiles(Path.Combine(run, "predictions"), "shard-*.jsonl")
            .SelectMany(File.ReadAllLines)
            .OrderBy(line => KeyOf(JsonSerializer.Deserialize(line, EvaluationJson.Compact.ShapeOf<Prediction>())!), StringComparer.Ordinal)];

    private static string KeyOf(Prediction prediction) => $"{prediction.Benchmark}/{prediction.Sample.Id}";
}
