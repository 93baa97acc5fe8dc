using System.Collections.Immutable;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The tables of a report.</summary>
public static class ReportTables
{
    private const int MostNamed = 5;

    /// <summary>The paper's row and the run's below it, with ± for the 95 % interval; results not comparable with the paper's are marked.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Accuracies in percent; benchmarks not in the paper come last.</returns>
    public static ReportTable Results(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var rows = new ComparedRows(report, PublishedTables.Main, [.. report.Benchmarks.Where(benchmark => !Has(PublishedTables.Main, benchmark))]);
        return new ReportTable
        {
            Title = "Accuracy in percent",
            Columns = rows.Columns(withSize: false),
            Rows =
            [
                rows.Published(PublishedTables.PaperRow with { Model = $"{PublishedTables.PaperModel}, arXiv 2312.16862 v3" }, withSize: false),
                rows.Own(withSize: false),
            ],
            OwnRow = 1,
            Note = Lines([.. rows.Marked ? [ComparedRows.MarkNote] : (string[])[], .. OtherModes(report), .. OverAnswered(report), .. WithoutValue(report)]),
        }.WithCaution();
    }

    /// <summary>Published tables with the run as the last row: always the paper's main table, others if they share a benchmark with the run.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Accuracies in percent; benchmarks in no table are added to the first one.</returns>
    public static ImmutableArray<ReportTable> Published(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [.. PublishedTables.All
            .Where(table => table == PublishedTables.Main || report.Benchmarks.Any(benchmark => Has(table, benchmark)))
            .Select(table => Published(report, table))];
    }

    /// <summary>The benchmarks without the report's mode, and their fallback modes.</summary>
    private static IEnumerable<string> OtherModes(EvaluationReport report) => report.Benchmarks
        .Where(benchmark => benchmark.Mode != report.Mode)
        .Select(benchmark => $"{benchmark.Title} has no mode {report.Mode} and is scored in mode {benchmark.Mode}.");

    /// <summary>The results of unfinished benchmarks over their answered samples.</summary>
    private static IEnumerable<string> OverAnswered(EvaluationReport report) => report.Benchmarks
        .Where(benchmark => benchmark.OverAnswered is not null)
        .Select(benchmark => $"{benchmark.Title}: {DescribeAnswered(benchmark)}.");

    /// <summary>The result over the answered samples with their number, of a benchmark with unanswered samples.</summary>
    internal static string DescribeAnswered(BenchmarkReport benchmark) => benchmark.OverAnswered is { Value: not null } answered
        ? $"{ReportNumber.Result(answered)} over the {ReportNumber.Count(answered.Samples)} answered of {ReportNumber.Count(benchmark.Overall.Samples)} samples"
        : $"none of {ReportNumber.Count(benchmark.Overall.Samples)} samples has an answer";

    /// <summary>Why benchmarks of the run have no result although they have answers, and why there is no average of the five.</summary>
    private static IEnumerable<string> WithoutValue(EvaluationReport report)
    {
        foreach (BenchmarkReport benchmark in report.Benchmarks)
        {
            if (benchmark.Overall.Value is null && benchmark.OverAnswered is null or { Value: not null })
                yield return $"{benchmark.Title} has no {ReportNumber.Metric(benchmark.Overall.Metric)}: {ReportNumber.Reason(benchmark.Overall)}.";
        }

        if (report.Average is { Measurement: { Value: null } average }
            && report.Average.Benchmarks.All(name => report.Benchmarks.Any(one => one.Benchmark == name)))
            yield return $"No Average: {average.Unavailable}.";
    }

    /// <summary>Why slices of a kind have no result, one line for each reason; null if all have one.</summary>
    internal static string? ReasonsOf(IEnumerable<SliceMeasurement> kind) =>
        Lines([.. kind.Where(slice => slice.Measurement.Value is null).GroupBy(slice => ReportNumber.Reason(slice.Measurement)).Select(Reason)]);

    private static string Reason(IGrouping<string, SliceMeasurement> slices) =>
        $"No result for {string.Join(", ", slices.Take(MostNamed).Select(slice => slice.Name))}"
        + $"{(slices.Count() > MostNamed ? $" and {ReportNumber.Count(slices.Count() - MostNamed)} more" : "")}: {slices.Key}.";

    /// <summary>The answer counts: samples expected, answered, failed, missing, duplicated and undecided.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One row per benchmark. If any sample has no answer, a column gives the result over the answered samples alone.</returns>
    public static ReportTable Answers(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        bool isPartial = report.HasUnanswered;
        return new ReportTable
        {
            Title = "Answers",
            Columns =
            [
                Text("Benchmark"), Text("Split"), Number(CommonHeading(report)), .. isPartial ? [Number("Of answered")] : (ReportColumn[])[],
                Number("Expected"), Number("Answered"), Number("Failed"), Number("Missing"), Number("Duplicated"), Number("Undecided"),
            ],
            Rows = [.. report.Benchmarks.Select(benchmark => ImmutableArray.Create(
            [
                benchmark.Title, benchmark.Split, ReportNumber.Result(benchmark.Overall),
                .. isPartial ? [ReportNumber.Result(benchmark.OverAnswered ?? benchmark.Overall)] : (string[])[],
                ReportNumber.Count(benchmark.Counts.Expected), ReportNumber.Count(benchmark.Counts.Answered), ReportNumber.Count(benchmark.Counts.Failed),
                ReportNumber.Count(benchmark.Counts.Missing), ReportNumber.Count(benchmark.Counts.Duplicated), ReportNumber.Count(benchmark.Counts.Undecided),
            ]))],
            Note = Lines([.. AnswerNotes(report)]),
        }.WithCaution();
    }

    private static IEnumerable<string> AnswerNotes(EvaluationReport report)
    {
        if (report.Unexpected > 0)
            yield return $"Predictions of no benchmark of this run, left out: {ReportNumber.Count(report.Unexpected)}.";
        if (report.Retried > 0)
            yield return $"Samples asked again after a failure: {ReportNumber.Count(report.Retried)}. The run's history keeps what they were.";
        foreach (BenchmarkReport benchmark in report.Benchmarks)
        {
            if (benchmark.Imported?.Remarks() is { } remarks)
                yield return $"{benchmark.Title}, imported answers: {remarks}.";
        }
    }

    /// <summary>The metrics after the first of each benchmark.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One row per metric; null if none.</returns>
    public static ReportTable? FurtherMetrics(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        ImmutableArray<ImmutableArray<string>> rows =
        [
            .. from benchmark in report.Benchmarks
               from measurement in benchmark.Further
               select ImmutableArray.Create(
                   benchmark.Title, ReportNumber.Heading(measurement), ReportNumber.Count(measurement.Samples),
                   measurement.Value is null ? $"not available: {ReportNumber.Reason(measurement)}" : ReportNumber.Value(measurement),
                   ReportNumber.Ends(measurement)),
        ];
        return rows.IsEmpty ? null : new ReportTable
        {
            Title = "Further metrics",
            Columns = [Text("Benchmark"), Text("Metric"), Number("Samples"), Number("Value"), Number("95 % interval")],
            Rows = rows,
        }.WithCaution();
    }

    /// <summary>The slices of a benchmark, one table per kind.</summary>
    /// <param name="benchmark">The benchmark.</param>
    /// <returns>The tables by kind; empty without slices.</returns>
    public static ImmutableArray<ReportTable> Slices(BenchmarkReport benchmark)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return [.. benchmark.Slices.GroupBy(slice => slice.Kind).Select(kind => new ReportTable
        {
            Title = $"{benchmark.Title} by {kind.Key}",
            Columns = [Text(kind.Key), Number("Samples"), Number(ReportNumber.Heading(benchmark.Overall))],
            Rows = [.. kind.Select(slice => ImmutableArray.Create(
                slice.Name, ReportNumber.Count(slice.Measurement.Samples), ReportNumber.WithError(slice.Measurement)))],
            Note = ReasonsOf(kind),
        }.WithCaution())];
    }

    /// <summary>The digests of all input files.</summary>
    /// <param name="report">The report.</param>
    /// <returns>One row per file.</returns>
    public static ReportTable Files(EvaluationReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ReportTable
        {
            Title = "Files",
            Columns = [Text("Part"), Text("File"), Text("SHA-256")],
            Rows =
            [
                .. report.Model.Files.Select(file => ImmutableArray.Create("model", file.Key, file.Value)),
                .. from benchmark in report.Benchmarks
                   from file in benchmark.Digests
                   select ImmutableArray.Create($"{benchmark.Title}, version {ReportNumber.Count(benchmark.Version)}", file.Key, file.Value),
                .. from benchmark in report.Benchmarks
                   where benchmark.Imported is not null
                   select ImmutableArray.Create($"{benchmark.Title}, imported answers", benchmark.Imported!.File, benchmark.Imported.Digest),
            ],
        };
    }

    private static ReportTable Published(EvaluationReport report, PublishedTable table)
    {
        ImmutableArray<BenchmarkReport> others = table != PublishedTables.Main ? [] :
            [.. report.Benchmarks.Where(benchmark => !PublishedTables.All.Any(table => Has(table, benchmark)))];
        var rows = new ComparedRows(report, table, others);
        IEnumerable<string> notes =
        [
            .. rows.Marked ? [ComparedRows.MarkNote] : (string[])[],
            .. OtherModes(report),
            .. OverAnswered(report),
            .. WithoutValue(report),
            .. PublishedTables.RemarksOf(table).Select(remark => $"{remark.Mark} {remark.Text}."),
            .. table.HasAverages ? ["Averages cover only the cells of their row; averages of rows with different cells are not comparable."] : (string[])[],
        ];
        return new ReportTable
        {
            Title = table.Title,
            Columns = rows.Columns(withSize: true),
            Rows = [.. table.Rows.Select(row => rows.Published(row, withSize: true)), rows.Own(withSize: true)],
            OwnRow = table.Rows.Length,
            Note = string.Join('\n', notes),
        }.WithCaution();
    }

    private static string? Lines(ImmutableArray<string> notes) => notes.IsEmpty ? null : string.Join('\n', notes);

    private static bool Has(PublishedTable table, BenchmarkReport benchmark) => table.Columns.Any(column => column.Benchmark == benchmark.Benchmark);

    /// <summary>The common name of the main metric; <c>Result</c> if benchmarks have different ones.</summary>
    private static string CommonHeading(EvaluationReport report) =>
        report.Benchmarks.Select(benchmark => ReportNumber.Heading(benchmark.Overall)).Distinct().ToArray() is [var only] ? only : "Result";

    private static ReportColumn Text(string header) => new(header, ColumnAlignment.Left);

    private static ReportColumn Number(string header) => new(header, ColumnAlignment.Right);
}
