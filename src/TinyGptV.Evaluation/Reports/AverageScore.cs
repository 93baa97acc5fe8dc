using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The average of a run as in the paper's main table.</summary>
/// <param name="Benchmarks">The benchmarks of the main table, all of which it covers.</param>
/// <param name="Rule">How it is computed, in one sentence.</param>
/// <param name="Measurement">
/// The average with its error: benchmarks are independent, so the squares of their errors add up. No value, with the reason, if a benchmark of the table is not
/// in the run, has no result, or has one that is not an accuracy.
/// </param>
public sealed record AverageScore(ImmutableArray<BenchmarkName> Benchmarks, string Rule, Measurement Measurement)
{
    /// <summary>The metric's name in <c>report.csv</c>.</summary>
    public const string Metric = "average-accuracy";

    internal static AverageScore Of(ImmutableArray<BenchmarkReport> run)
    {
        ImmutableArray<PublishedColumn> columns = PublishedTables.Main.Columns;
        ImmutableArray<BenchmarkReport> parts =
            [.. columns.Select(column => run.FirstOrDefault(benchmark => benchmark.Benchmark == column.Benchmark)).OfType<BenchmarkReport>()];
        string rule = $"The mean of the accuracies of {string.Join(", ", columns.Select(column => column.Title))}, each with the same weight; "
            + "only if the run has a result for each.";
        return new AverageScore([.. columns.Select(column => column.Benchmark)], rule, Measure(parts, columns));
    }

    private static Measurement Measure(ImmutableArray<BenchmarkReport> parts, ImmutableArray<PublishedColumn> columns)
    {
        var nothing = new Measurement(Metric, parts.Sum(part => part.Overall.Samples), null);
        string[] absent = [.. columns.Where(column => parts.All(part => part.Benchmark != column.Benchmark)).Select(column => column.Title)];
        if (absent is not [])
            return nothing with { Unavailable = $"the run does not have {string.Join(", ", absent)}" };
        if (parts.FirstOrDefault(part => part.Overall.Value is null) is { } empty)
            return nothing with { Unavailable = $"{empty.Title} has no result" };
        if (parts.FirstOrDefault(part => !part.IsAccuracy) is { } other)
            return nothing with { Unavailable = $"the result of {other.Title} is {ReportNumber.Metric(other.Overall.Metric)}, not an accuracy" };
        double average = parts.Average(part => part.Overall.Value!.Value);
        nothing = nothing with { Value = average };
        if (parts.Any(part => part.Overall.Interval is null))
            return nothing;
        double reach = Norm(parts, part => part.Overall.Reach!.Value);
        return nothing with
        {
            StandardError = Norm(parts, part => part.Overall.StandardError!.Value),
            Interval = new Interval(average - reach, average + reach),
        };
    }

    private static double Norm(ImmutableArray<BenchmarkReport> parts, Func<BenchmarkReport, double> errorOf) =>
        Math.Sqrt(parts.Sum(part => errorOf(part) * errorOf(part))) / parts.Length;
}
