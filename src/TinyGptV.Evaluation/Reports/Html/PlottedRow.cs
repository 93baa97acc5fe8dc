using System.Collections.Immutable;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>One line of a benchmark's plot: the run's or a published result.</summary>
/// <param name="Model">The model.</param>
/// <param name="Value">The result as a fraction of 1.</param>
/// <param name="Interval">Its 95 % interval; null if unknown.</param>
/// <param name="Printed">The result as printed.</param>
/// <param name="Style">The CSS class.</param>
internal sealed record PlottedRow(string Model, double Value, Interval? Interval, string Printed, string Style)
{
    /// <summary>The run first, then published results from high to low.</summary>
    public static ImmutableArray<PlottedRow> Of(BenchmarkReport benchmark)
    {
        if (benchmark.Overall.Value is not { } value)
            return [];
        string mark = benchmark.Comparison is { IsComparable: true } ? "" : "*";
        return
        [
            new PlottedRow("This run", value, benchmark.Overall.Interval, ReportNumber.Result(benchmark.Overall) + mark, "own"),
            .. PublishedTables.All.SelectMany(table => Published(table, benchmark))
                .DistinctBy(row => (row.Model, row.Value)).OrderByDescending(row => row.Value),
        ];
    }

    private static IEnumerable<PlottedRow> Published(PublishedTable table, BenchmarkReport benchmark)
    {
        int column = table.Columns.Select(column => column.Benchmark).ToImmutableArray().IndexOf(benchmark.Benchmark);
        return column < 0 ? [] : table.Rows.Where(row => row.Cells[column] is not null).Select(row => Published(row, row.Cells[column]!, benchmark));
    }

    private static PlottedRow Published(PublishedRow row, PublishedNumber number, BenchmarkReport benchmark)
    {
        bool isPaper = row.Model == PublishedTables.PaperModel;
        double? halfWidth = isPaper ? benchmark.Comparison?.Difference?.PublishedHalfWidth : null;
        Interval? interval = halfWidth is { } known ? new Interval(number.Value - known, number.Value + known) : null;
        return new PlottedRow($"{row.Model} {row.Size}", number.Value, interval, number.ToString(), isPaper ? "paper" : "other");
    }
}
