using System.Globalization;
using CsvHelper;
using TinyGptV.Evaluation.Metrics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>Writes <c>report.csv</c>: one number a row, so that reports of several runs can be put under each other and filtered.</summary>
public static class CsvReport
{
    /// <summary>RFC 4180 with line feeds. Texts are written as they are, also where a spreadsheet would take them for a formula: scripts must find what was stored.</summary>
    internal static readonly CsvWriterOptions Options = new() { NewLine = "\n" };

    /// <summary>
    /// Writes a header and then, for each benchmark, the metric over all samples (no slice), the metric over each slice, and the counts as metrics of their own.
    /// Accuracies are fractions of 1 with all their digits.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">Where to; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        using CsvWriter csv = CsvWriter.Create(writer, Options, leaveOpen: true);
        csv.WriteRecord("run", "benchmark", "split", "mode", "metric", "slice_kind", "slice", "n", "value");
        foreach (BenchmarkReport benchmark in report.Benchmarks)
        {
            void Row(string metric, string kind, string slice, int n, string value) => csv.WriteRecord(
                report.Run.Value, benchmark.Benchmark.Value, benchmark.Split, report.Mode, metric, kind, slice, Text(n), value);

            Row(benchmark.Overall.Metric, "", "", benchmark.Overall.Samples, Text(benchmark.Overall.Value));
            foreach (SliceMeasurement slice in benchmark.Slices)
                Row(slice.Measurement.Metric, slice.Kind, slice.Name, slice.Measurement.Samples, Text(slice.Measurement.Value));
            foreach ((string metric, int count) in Counts(benchmark.Counts))
                Row(metric, "", "", benchmark.Counts.Expected, Text(count));
        }
    }

    private static IEnumerable<(string Metric, int Count)> Counts(AnswerCounts counts) =>
    [
        ("expected", counts.Expected), ("answered", counts.Answered), ("failed", counts.Failed), ("missing", counts.Missing),
        ("duplicated", counts.Duplicated), ("undecided", counts.Undecided),
    ];

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
