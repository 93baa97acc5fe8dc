using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>The tables and sentences that show a comparison.</summary>
public static class ComparisonTables
{
    private const double Significant = 0.05;

    /// <summary>One row per benchmark and metric.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <returns>Values in percent, differences in percentage points.</returns>
    public static ReportTable Results(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return new ReportTable
        {
            Title = $"A = {Name(comparison.A)}; B = {Name(comparison.B)}",
            Columns =
            [
                Text("Benchmark"), Text("Metric"), Number("Samples"), Number("Images"), Number("A"), Number("B"), Number("B - A"),
                Number("95 % interval"), Number("p"), Number("p (Holm)"), Number("Better"), Number("Worse"), Number("Detectable"),
            ],
            Rows = [.. from benchmark in comparison.Benchmarks from metric in benchmark.Further.Prepend(benchmark.Overall) select Row(benchmark, metric)],
            Note = string.Join('\n', (IEnumerable<string>)
            [
                "Intervals and p-values are clustered by image. p (Holm): adjusted for the number of benchmarks. "
                    + "Detectable: the smallest difference that these samples detect with 80 % power.",
                .. from benchmark in comparison.Benchmarks
                   from metric in benchmark.Further
                   where metric.Unavailable is not null
                   select $"{benchmark.Title} has no difference in {metric.Metric}: {metric.Unavailable}.",
            ]),
        };
    }

    /// <summary>Summarizes the results, one sentence per benchmark.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <returns>The sentences, in the order of the benchmarks.</returns>
    public static ImmutableArray<string> Sentences(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return [.. comparison.Benchmarks.Select(Sentence)];
    }

    /// <summary>The settings in which the runs differ.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="longest">The maximum length of a value.</param>
    /// <returns>The table; null if nothing differs.</returns>
    public static ReportTable? Differences(RunComparison comparison, int longest)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return comparison.Differences.IsEmpty ? null : new ReportTable
        {
            Title = "What differs",
            Columns = [Text("Setting"), Text("A"), Text("B")],
            Rows = [.. comparison.Differences.Select(difference => ImmutableArray.Create(
                difference.Setting, Cut(difference.A ?? ReportNumber.NotAvailable, longest), Cut(difference.B ?? ReportNumber.NotAvailable, longest)))],
        };
    }

    /// <summary>Samples whose score changed.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="first">How many samples of each benchmark, in order of id.</param>
    /// <param name="longest">The maximum length of a text.</param>
    /// <returns>The table; null if empty.</returns>
    public static ReportTable? Changed(RunComparison comparison, int first, int longest)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        ImmutableArray<ImmutableArray<string>> rows =
        [
            .. from benchmark in comparison.Benchmarks
               from pair in benchmark.Changed.Take(first)
               select Row(benchmark, pair, longest),
        ];
        int all = comparison.Benchmarks.Sum(benchmark => benchmark.Changed.Length);
        return rows.IsEmpty ? null : new ReportTable
        {
            Title = "Samples that changed",
            Columns = [Text("Benchmark"), Text("Sample"), Number("A"), Number("B"), Text("Question"), Text("Truth"), Text("Answer of A"), Text("Answer of B")],
            Rows = rows,
            Note = rows.Length == all ? null : $"{ReportNumber.Count(rows.Length)} of {ReportNumber.Count(all)}; compare-samples.csv lists all.",
        };
    }

    /// <summary>Remarks on benchmarks and samples that are not compared, and on samples without an answer.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <returns>The remarks.</returns>
    public static ImmutableArray<string> Remarks(RunComparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        return
        [
            .. comparison.OnlyInA.Select(name => $"Only A has {name}; not compared."),
            .. comparison.OnlyInB.Select(name => $"Only B has {name}; not compared."),
            .. from benchmark in comparison.Benchmarks
               from remark in Remarks(benchmark)
               select $"{benchmark.Title}: {remark}",
        ];
    }

    private static IEnumerable<string> Remarks(BenchmarkComparison benchmark)
    {
        foreach ((string run, var only) in new[] { ("A", benchmark.OnlyInA), ("B", benchmark.OnlyInB) })
        {
            if (!only.IsEmpty)
                yield return $"{ReportNumber.Count(only.Length)} samples have a prediction only in {run} and are left out: "
                    + $"{string.Join(", ", only.Take(5))}{(only.Length > 5 ? ", ..." : "")}.";
        }

        foreach ((string run, AnswerCounts counts) in new[] { ("A", benchmark.AnswersOfA), ("B", benchmark.AnswersOfB) })
        {
            if (counts.IsPartial)
                yield return $"{ReportNumber.Count(counts.Failed + counts.Missing)} of {ReportNumber.Count(counts.Expected)} samples have no answer in {run}; "
                    + "failed ones count as wrong.";
        }
    }

    private static string Sentence(BenchmarkComparison benchmark)
    {
        MetricDifference found = benchmark.Overall;
        if (found.Difference is not { } difference || found.PValue is null)
            return $"{benchmark.Title}: {found.Unavailable ?? "too few images for a test"}.";
        string value = $"{ReportNumber.Signed(difference)} ({Ends(found)}), p {(found.PValue < 0.0001 ? "" : "= ")}{PValue(found.PValue)}, "
            + $"by {Describe(found.Test)}";
        return found.AdjustedPValue < Significant
            ? $"{benchmark.Title}: B is {(difference > 0 ? "better" : "worse")} in {found.Metric}: {value}."
            : $"{benchmark.Title}: no significant difference in {found.Metric}: {value}."
                + (found.Detectable is { } detectable
                    ? $" These samples detect a difference of {ReportNumber.Percent(detectable)} with 80 % power."
                    : " There are too few samples to detect any difference.");
    }

    private static string Describe(PairedTest? test) => test switch
    {
        PairedTest.McNemar => "McNemar's exact test",
        PairedTest.SignFlips => "the exact sign-flip test over images",
        _ => "the paired bootstrap over images",
    };

    private static ImmutableArray<string> Row(BenchmarkComparison benchmark, MetricDifference metric) =>
    [
        benchmark.Title, metric.Metric, ReportNumber.Count(metric.Samples), ReportNumber.Count(metric.Images),
        ReportNumber.In(metric.Scale, metric.A), ReportNumber.In(metric.Scale, metric.B),
        Difference(metric), Ends(metric), PValue(metric.PValue), PValue(metric.AdjustedPValue), Count(metric.Better), Count(metric.Worse),
        ReportNumber.In(metric.Scale, metric.Detectable),
    ];

    private static ImmutableArray<string> Row(BenchmarkComparison benchmark, SamplePair pair, int longest) =>
    [
        benchmark.Title, pair.Sample.Id.Value, Score(pair.A.Score.Value), Score(pair.B.Score.Value), Cut(pair.Sample.Question, longest),
        Cut(ScoredTexts.Truth(pair.A), longest), Cut(ScoredTexts.Answer(pair.A), longest), Cut(ScoredTexts.Answer(pair.B), longest),
    ];

    private static string Name(ComparedRun run) => $"{run.Run}: {run.Model}, mode {run.Mode}";

    private static string Difference(MetricDifference metric) => metric.Difference is not { } difference ? ReportNumber.NotAvailable
        : metric.Scale is MeasurementScale.Fraction ? ReportNumber.Signed(difference)
        : ReportNumber.In(metric.Scale, difference);

    private static string Ends(MetricDifference metric) => metric.Interval is not { } interval ? ReportNumber.NotAvailable
        : metric.Scale is MeasurementScale.Fraction ? $"{ReportNumber.Signed(interval.Low)} to {ReportNumber.Signed(interval.High)}"
        : $"{ReportNumber.In(metric.Scale, interval.Low)} to {ReportNumber.In(metric.Scale, interval.High)}";

    private static string PValue(double? p) => p switch
    {
        null => ReportNumber.NotAvailable,
        < 0.0001 => "< 0.0001",
        { } value => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Count(int? count) => count is { } value ? ReportNumber.Count(value) : ReportNumber.NotAvailable;

    private static string Score(double score) => score.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Shortens a text to one line.</summary>
    private static string Cut(string text, int longest)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= longest ? line : line[..(longest - 3)] + "...";
    }

    private static ReportColumn Text(string header) => new(header, ColumnAlignment.Left);

    private static ReportColumn Number(string header) => new(header, ColumnAlignment.Right);
}
