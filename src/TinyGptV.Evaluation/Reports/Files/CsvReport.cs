using System.Globalization;
using CsvHelper;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>Writes <c>report.csv</c>: one value per row, so that reports of several runs can be concatenated and filtered.</summary>
public static class CsvReport
{
    /// <summary>
    /// RFC 4180 with line feeds. Texts are written unchanged, even if a spreadsheet would read them as formulas, because scripts need the stored values.
    /// </summary>
    internal static readonly CsvWriterOptions Options = new() { NewLine = "\n" };

    /// <summary>
    /// Writes a header and, for each benchmark, the metrics over all samples (no slice), the first metric over each slice, and the counts as metrics.
    /// If samples have no answer, the first metric over the answered ones alone is there too, as <c>accuracy-over-answered</c>.
    /// The last row, without a benchmark, is the average over the benchmarks of the paper's main table. <c>remark</c> says why there is no value
    /// or why an interval should not be relied on, and gives the rule of the average. Accuracies are unrounded fractions of 1; <c>low</c> and
    /// <c>high</c> are the ends of the 95 % interval. Unknown values are empty.
    /// </summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        using CsvWriter csv = CsvWriter.Create(writer, Options, leaveOpen: true);
        csv.WriteRecord("run", "benchmark", "split", "mode", "metric", "slice_kind", "slice", "n", "value", "standard_error", "low", "high", "remark");
        foreach (BenchmarkReport benchmark in report.Benchmarks)
        {
            string[] start = [report.Run.Value, benchmark.Benchmark.Value, benchmark.Split, benchmark.Mode];
            foreach (Measurement measurement in benchmark.Further.Prepend(benchmark.Overall))
                csv.WriteRecord([.. start, measurement.Metric, "", "", .. Numbers(measurement)]);
            if (benchmark.OverAnswered is { } answered)
                csv.WriteRecord([.. start, $"{answered.Metric}-over-answered", "", "", .. Numbers(answered)]);
            foreach (SliceMeasurement slice in benchmark.Slices)
                csv.WriteRecord([.. start, slice.Measurement.Metric, slice.Kind, slice.Name, .. Numbers(slice.Measurement)]);
            foreach ((string metric, int count) in Counts(benchmark.Counts))
                csv.WriteRecord([.. start, metric, "", "", Text(benchmark.Counts.Expected), Text(count), "", "", "", ""]);
        }

        Measurement average = report.Average.Measurement;
        string rule = average.Unavailable is { } reason ? $"{report.Average.Rule} No value: {reason}." : report.Average.Rule;
        csv.WriteRecord([report.Run.Value, "", "", report.Mode, average.Metric, "", "", .. Numbers(average, rule)]);
    }

    private static string[] Numbers(Measurement measurement) => Numbers(measurement, RemarkOf(measurement));

    private static string[] Numbers(Measurement measurement, string remark) =>
    [
        Text(measurement.Samples), Text(measurement.Value), Text(measurement.StandardError), Text(measurement.Interval?.Low), Text(measurement.Interval?.High),
        remark,
    ];

    private static string RemarkOf(Measurement measurement) => measurement.Value is null ? ReportNumber.Reason(measurement) : measurement.Caution ?? "";

    private static IEnumerable<(string Metric, int Count)> Counts(AnswerCounts counts) =>
    [
        ("expected", counts.Expected), ("answered", counts.Answered), ("failed", counts.Failed), ("missing", counts.Missing),
        ("duplicated", counts.Duplicated), ("undecided", counts.Undecided),
    ];

    private static string Text(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
