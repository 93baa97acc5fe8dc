using System.Globalization;
using CsvHelper;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>Writes <c>predictions.csv</c>: one sample per row, by benchmark and sample id.</summary>
public static class PredictionsCsv
{
    /// <summary>
    /// Writes a header and one row for each sample with a prediction. For multiple choice, target and answer are given as text and as index.
    /// Texts are uncut and unchanged.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        using CsvWriter csv = CsvWriter.Create(writer, CsvReport.Options, leaveOpen: true);
        csv.WriteRecord(
            "benchmark", "sample", "image", "question", "target", "target_index", "answer", "answer_index", "mode", "score",
            "undecided", "failure", "failure_message");
        foreach (BenchmarkReport benchmark in report.Benchmarks)
        {
            foreach (ScoredSample scored in benchmark.Samples)
                csv.WriteRecord(Row(scored, benchmark.Mode));
        }
    }

    private static string[] Row(ScoredSample scored, string mode)
    {
        Prediction prediction = scored.Prediction;
        Sample sample = prediction.Sample;
        string targetIndex = sample.Choices.IsEmpty ? "" : sample.Target;
        string answerIndex = scored.Score.Choice?.ToString(CultureInfo.InvariantCulture) ?? "";
        return
        [
            prediction.Benchmark.Value,
            sample.Id.Value,
            sample.Image.Path,
            sample.Question,
            ChoiceText(sample, targetIndex) ?? sample.Target,
            targetIndex,
            ChoiceText(sample, answerIndex) ?? prediction.Generation?.Text ?? "",
            answerIndex,
            mode,
            scored.Score.Value.ToString("R", CultureInfo.InvariantCulture),
            scored.Score.Undecided ? "true" : "false",
            prediction.Failure is { } failure ? failure.Kind.ToString() : "",
            prediction.Failure?.Message ?? "",
        ];
    }

    private static string? ChoiceText(Sample sample, string index) =>
        int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int choice) && choice < sample.Choices.Length ? sample.Choices[choice] : null;
}
