using System.Text.Json;
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

    private static string[] PredictionsBySample(string run) =>
        [.. Directory.GetFiles(Path.Combine(run, "predictions"), "shard-*.jsonl")
            .SelectMany(File.ReadAllLines)
            .OrderBy(line => KeyOf(JsonSerializer.Deserialize(line, EvaluationJson.Compact.Prediction)!), StringComparer.Ordinal)];

    private static string KeyOf(Prediction prediction) => $"{prediction.Benchmark}/{prediction.Sample.Id}";
}
