using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The rows of a table of published results and a run: the published columns, then the run's other benchmarks.</summary>
/// <param name="report">The run's report.</param>
/// <param name="table">The published table.</param>
/// <param name="others">The run's benchmarks in extra columns.</param>
internal sealed class ComparedRows(EvaluationReport report, PublishedTable table, ImmutableArray<BenchmarkReport> others)
{
    public const string MarkNote = Mark + " not comparable with the published result; the report says why.";

    private const string Mark = "*";

    private readonly ImmutableArray<BenchmarkReport?> _inTable =
        [.. table.Columns.Select(column => report.Benchmarks.FirstOrDefault(benchmark => benchmark.Benchmark == column.Benchmark))];

    /// <summary>Whether any of the run's results is marked.</summary>
    public bool Marked => _inTable.Concat(others).Any(benchmark => benchmark?.Overall.Value is not null && !IsComparable(benchmark));

    public ImmutableArray<ReportColumn> Columns(bool withSize) =>
    [
        new ReportColumn("Model", ColumnAlignment.Left),
        .. withSize ? [new ReportColumn("LLM", ColumnAlignment.Left)] : (ReportColumn[])[],
        .. table.Columns.Select(column => Number(column.Title)),
        .. others.Select(benchmark => Number(benchmark.Title)),
        .. table.HasAverages ? [Number("Average")] : (ReportColumn[])[],
    ];

    public ImmutableArray<string> Published(PublishedRow row, bool withSize) =>
        Cells(row.Model, row.Size, row.Cells.Select(Text), others.Select(_ => ReportNumber.NotAvailable), Text(row.Average), withSize);

    public ImmutableArray<string> Own(bool withSize) =>
        Cells($"{report.Run}: {report.Model.Name}, mode {report.Mode}", "", _inTable.Select(Cell), others.Select(Cell), Average(), withSize);

    private ImmutableArray<string> Cells(
        string model, string size, IEnumerable<string> inTable, IEnumerable<string> beyond, string average, bool withSize) =>
        [model, .. withSize ? [size] : (string[])[], .. inTable, .. beyond, .. table.HasAverages ? [average] : (string[])[]];

    private static string Text(PublishedNumber? number) => number?.ToString() ?? ReportNumber.NotAvailable;

    private static string Cell(BenchmarkReport? benchmark) => benchmark?.Overall.Value is null
        ? ReportNumber.NotAvailable
        : ReportNumber.Result(benchmark.Overall) + (IsComparable(benchmark) ? "" : Mark);

    /// <summary>An average over other benchmarks would not match the paper's.</summary>
    private string Average() => report.Average.Measurement is { Value: not null } average
        ? ReportNumber.WithError(average)
            + (report.Benchmarks.Where(benchmark => report.Average.Benchmarks.Contains(benchmark.Benchmark)).All(IsComparable) ? "" : Mark)
        : ReportNumber.NotAvailable;

    private static bool IsComparable(BenchmarkReport benchmark) => benchmark.Comparison is { IsComparable: true };

    private static ReportColumn Number(string header) => new(header, ColumnAlignment.Right);
}
