using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The tables that show a report.</summary>
public static class ReportTables
{
    private const string NotComparable = "*";

    /// <summary>The paper's table with the run as another row; numbers that may not be laid beside the paper's are marked.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Accuracies in percent; benchmarks that the paper has not follow after its own.</returns>
    public static ReportTable Results(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ImmutableArray<BenchmarkReport> others = [.. report.Benchmarks.Where(benchmark => PaperTable.Columns.All(column => column.Benchmark != benchmark.Benchmark))];
        ImmutableArray<BenchmarkReport?> inPaper =
            [.. PaperTable.Columns.Select(column => report.Benchmarks.FirstOrDefault(benchmark => benchmark.Benchmark == column.Benchmark))];
        bool allComparable = report.Benchmarks.All(benchmark => benchmark.Comparison is { IsComparable: true });
        return new ReportTable
        {
            Title = "Accuracy in percent",
            Columns =
            [
                new ReportColumn("Model", ColumnAlignment.Left),
                .. PaperTable.Columns.Select(column => Number(column.Title)),
                .. others.Select(benchmark => Number(benchmark.Title)),
                Number("Average"),
            ],
            Rows =
            [
                [PaperTable.Model, .. PaperTable.Columns.Select(column => ReportNumber.Percent(column.Accuracy)),
                    .. others.Select(_ => ReportNumber.NotAvailable), ReportNumber.Percent(PaperTable.Average)],
                [$"{report.Run}: {report.Model.Name}, mode {report.Mode}", .. inPaper.Select(Cell), .. others.Select(Cell), AverageCell(inPaper)],
            ],
            Note = allComparable ? null : $"{NotComparable} not comparable with the paper's row.",
        };
    }

    /// <summary>What every number rests on: how many samples were expected, answered, failed, missing, duplicated, undecided.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One row for each benchmark.</returns>
    public static ReportTable Answers(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ReportTable
        {
            Title = "Answers",
            Columns =
            [
                new ReportColumn("Benchmark", ColumnAlignment.Left), new ReportColumn("Split", ColumnAlignment.Left), Number("Accuracy %"), Number("Expected"),
                Number("Answered"), Number("Failed"), Number("Missing"), Number("Duplicated"), Number("Undecided"),
            ],
            Rows = [.. report.Benchmarks.Select(benchmark => ImmutableArray.Create(
                benchmark.Title, benchmark.Split, ReportNumber.Percent(benchmark.Overall.Value), ReportNumber.Count(benchmark.Counts.Expected),
                ReportNumber.Count(benchmark.Counts.Answered), ReportNumber.Count(benchmark.Counts.Failed), ReportNumber.Count(benchmark.Counts.Missing),
                ReportNumber.Count(benchmark.Counts.Duplicated), ReportNumber.Count(benchmark.Counts.Undecided)))],
            Note = report.Unexpected == 0 ? null : $"Predictions that belong to no benchmark of this run, left out: {ReportNumber.Count(report.Unexpected)}.",
        };
    }

    /// <summary>The parts of a benchmark, one table for each kind of slice.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <returns>The tables by kind; empty if its samples have no slices.</returns>
    public static ImmutableArray<ReportTable> Slices(BenchmarkReport benchmark)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return [.. benchmark.Slices.GroupBy(slice => slice.Kind).Select(kind => new ReportTable
        {
            Title = $"{benchmark.Title} by {kind.Key}",
            Columns = [new ReportColumn(kind.Key, ColumnAlignment.Left), Number("Samples"), Number("Accuracy %")],
            Rows = [.. kind.Select(slice => ImmutableArray.Create(
                slice.Name, ReportNumber.Count(slice.Measurement.Samples), ReportNumber.Percent(slice.Measurement.Value)))],
        })];
    }

    private static ReportColumn Number(string header) => new(header, ColumnAlignment.Right);

    private static string Cell(BenchmarkReport? benchmark)
    {
        if (benchmark?.Overall.Value is not { } value)
            return ReportNumber.NotAvailable;
        return ReportNumber.Percent(value) + (benchmark.Comparison is { IsComparable: true } ? "" : NotComparable);
    }

    /// <summary>Averages over other sets of benchmarks would not be the paper's average.</summary>
    private static string AverageCell(ImmutableArray<BenchmarkReport?> inPaper) => inPaper.All(benchmark => benchmark?.Overall.Value is not null)
        ? ReportNumber.Percent(inPaper.Average(benchmark => benchmark!.Overall.Value)) + (inPaper.All(benchmark => benchmark!.Comparison is { IsComparable: true }) ? "" : NotComparable)
        : ReportNumber.NotAvailable;
}
