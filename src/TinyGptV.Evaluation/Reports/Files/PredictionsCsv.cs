using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CsvHelper;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>Writes <c>predictions.csv</c>: one sample per row, by benchmark and sample id.</summary>
public static class PredictionsCsv
{
    /// <summary>
    /// Writes a header and one row for each sample with a prediction. For multiple choice, target and answer are given as text and as index.
    /// Texts are uncut and unchanged. <c>counts</c> is false for samples that the scoring mode leaves out; their score is in no metric. Recorded probabilities
    /// are unrounded: that of the affirmative answer (<c>probability</c>), those of first words as a JSON object, and of each choice the log-likelihood and the
    /// number of tokens as JSON arrays. What was not recorded is empty.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        using CsvWriter csv = CsvWriter.Create(writer, CsvReport.Options, leaveOpen: true);
        csv.WriteRecord(
            "benchmark", "sample", "image", "question", "target", "target_index", "answer", "answer_index", "mode", "score",
            "undecided", "failure", "failure_message", "counts", "probability", "first_words", "log_likelihoods", "choice_tokens");
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
            Text(scored.Score.Undecided),
            prediction.Failure is { } failure ? failure.Kind.ToString() : "",
            prediction.Failure?.Message ?? "",
            Text(!scored.Score.Excluded),
            scored.Score.Probability?.ToString("R", CultureInfo.InvariantCulture) ?? "",
            prediction.Generation?.FirstWords is { } words ? JsonSerializer.Serialize(words, CellJson.Default.ImmutableSortedDictionaryStringDouble) : "",
            OfChoices(prediction.Ranking, choice => choice.LogLikelihood),
            OfChoices(prediction.Ranking, choice => choice.Tokens),
        ];
    }

    private static string Text(bool value) => value ? "true" : "false";

    private static string OfChoices(ChoiceRanking? ranking, Func<ChoiceLikelihood, double> valueOf) => ranking is null
        ? ""
        : JsonSerializer.Serialize([.. ranking.Choices.Select(valueOf)], CellJson.Default.DoubleArray);

    private static string? ChoiceText(Sample sample, string index) =>
        int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out int choice) && choice < sample.Choices.Length ? sample.Choices[choice] : null;
}

/// <summary>Numbers of a sample as JSON within a cell.</summary>
[JsonSerializable(typeof(double[]))]
[JsonSerializable(typeof(ImmutableSortedDictionary<string, double>))]
internal sealed partial class CellJson : JsonSerializerContext;
