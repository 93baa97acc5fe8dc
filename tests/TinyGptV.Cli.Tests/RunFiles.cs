using System.Text.Json;
using TinyGptV.Cli.Tests.Commands;
using TinyGptV.Cli.Verbs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Tests;

/// <summary>Compares the files of two runs that should be equal.</summary>
internal static class RunFiles
{
    /// <summary>Asserts that manifest and reports are equal byte for byte, and the predictions byte for byte per sample.</summary>
    /// <param name="expected">The folder of one run.</param>
    /// <param name="actual">The folder of the other.</param>
    public static void AssertEqual(string expected, string actual)
    {
        foreach (string file in new[] { "manifest.json", "report.csv", "report.md", "report.html", "predictions.csv" })
            Assert.Equal(File.ReadAllText(Path.Combine(expected, file)), File.ReadAllText(Path.Combine(actual, file)));
        Assert.Equal(PredictionsBySample(expected), PredictionsBySample(actual));
    }

    /// <summary>Compares a run in <c>stored</c> with the same run of scripted answers in this process.</summary>
    /// <param name="folder">The folder that contains <c>stored</c>.</param>
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
