using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>The files that a comparison is written to.</summary>
public static class ComparisonFiles
{
    // The number of changed samples per benchmark in Markdown; the CSV file has all.
    private const int ShownSamples = 50;
    private const int LongestCell = 300;

    /// <summary>The files by name, in reading order.</summary>
    public static ImmutableArray<(string Name, Action<RunComparison, TextWriter> Write)> All { get; } =
        [("compare.md", WriteMarkdown), ("compare.csv", WriteMetrics), ("compare-samples.csv", WriteSamples)];

    /// <summary>Writes <c>compare.csv</c>: one row per benchmark and metric, as unrounded fractions of 1. Unknown values are empty.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void WriteMetrics(RunComparison comparison, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using CsvWriter csv = CsvWriter.Create(writer, CsvReport.Options, leaveOpen: true);
        csv.WriteRecord(
            "run_a", "run_b", "mode_a", "mode_b", "benchmark", "split", "metric", "n", "images", "a", "b", "difference", "standard_error",
            "low", "high", "test", "p_value", "p_adjusted", "p_mcnemar", "better", "worse", "same", "detectable", "only_in_a", "only_in_b");
        foreach (BenchmarkComparison benchmark in comparison.Benchmarks)
        {
            foreach (MetricDifference metric in benchmark.Further.Prepend(benchmark.Overall))
                csv.WriteRecord(
                    comparison.A.Run.Value, comparison.B.Run.Value, comparison.A.Mode, comparison.B.Mode, benchmark.Benchmark.Value, benchmark.Split,
                    metric.Metric, Cell(metric.Samples), Cell(metric.Images), Cell(metric.A), Cell(metric.B), Cell(metric.Difference),
                    Cell(metric.StandardError), Cell(metric.Interval?.Low), Cell(metric.Interval?.High), metric.Test?.ToString() ?? "",
                    Cell(metric.PValue), Cell(metric.AdjustedPValue), Cell(metric.McNemarPValue), Cell(metric.Better), Cell(metric.Worse),
                    Cell(metric.Same), Cell(metric.Detectable), Cell(benchmark.OnlyInA.Length), Cell(benchmark.OnlyInB.Length));
        }
    }

    /// <summary>Writes <c>compare-samples.csv</c>: the samples whose score changed, and those in only one run.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void WriteSamples(RunComparison comparison, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        using CsvWriter csv = CsvWriter.Create(writer, CsvReport.Options, leaveOpen: true);
        csv.WriteRecord("benchmark", "sample", "change", "score_a", "score_b", "image", "question", "truth", "answer_a", "answer_b");
        foreach (BenchmarkComparison benchmark in comparison.Benchmarks)
        {
            foreach (SamplePair pair in benchmark.Changed)
                csv.WriteRecord(
                    benchmark.Benchmark.Value, pair.Sample.Id.Value, pair.Change > 0 ? "better" : "worse", Cell(pair.A.Score.Value), Cell(pair.B.Score.Value),
                    pair.Sample.Image.Path, pair.Sample.Question, ScoredTexts.Truth(pair.A), ScoredTexts.Answer(pair.A), ScoredTexts.Answer(pair.B));
            foreach (SampleId sample in benchmark.OnlyInA)
                csv.WriteRecord(benchmark.Benchmark.Value, sample.Value, "only in a", "", "", "", "", "", "", "");
            foreach (SampleId sample in benchmark.OnlyInB)
                csv.WriteRecord(benchmark.Benchmark.Value, sample.Value, "only in b", "", "", "", "", "", "", "");
        }
    }

    /// <summary>Writes <c>compare.md</c>.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void WriteMarkdown(RunComparison comparison, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ArgumentNullException.ThrowIfNull(writer);
        ReportTable results = ComparisonTables.Results(comparison);
        ImmutableArray<string> remarks = ComparisonTables.Remarks(comparison);
        IEnumerable<string> blocks =
        [
            $"# {MarkdownReport.Escape($"{comparison.A.Run} and {comparison.B.Run}")}", MarkdownReport.Escape(results.Title),
            MarkdownReport.List(ComparisonTables.Sentences(comparison).Concat(remarks).Select(MarkdownReport.Escape)),
            "## Results", .. MarkdownReport.Block(results),
            .. Section(ComparisonTables.Differences(comparison, LongestCell)), .. Section(ComparisonTables.Changed(comparison, ShownSamples, LongestCell)),
        ];
        writer.Write(string.Join("\n\n", blocks) + "\n");
    }

    private static IEnumerable<string> Section(ReportTable? table) => table is null ? [] : [$"## {table.Title}", .. MarkdownReport.Block(table)];

    private static string Cell(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Cell(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
