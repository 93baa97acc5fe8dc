namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>Writes <c>report.md</c>: the paper's table with the run as a row, the comparison with published results, answer counts and provenance.</summary>
public static class MarkdownReport
{
    private const string Reach = "± is the distance to the farther end of the 95 % interval";

    /// <summary>Writes the report with line feeds.</summary>
    /// <param name="report">The report.</param>
    /// <param name="writer">The destination; it stays open.</param>
    public static void Write(EvaluationReport report, TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(writer);
        IEnumerable<string> blocks =
        [
            $"# Evaluation {Escape(report.Run.Value)}", .. Opening(report),
            "## Results", .. ReportTables.Published(report).SelectMany(table => Under($"{Escape(table.Title)}. Accuracies in percent; {Reach}:", table)),
            "## Differences from published results", .. Comparability(report),
            .. ReportTables.FurtherMetrics(report) is { } further ? Under($"## {further.Title}", further) : [],
            "## Answers", .. Block(ReportTables.Answers(report)),
            .. report.Benchmarks.SelectMany(benchmark => ReportTables.Slices(benchmark)).SelectMany(table => Under($"## {Escape(table.Title)}", table)),
            "## Provenance", .. Provenance(report),
        ];
        writer.Write(string.Join("\n\n", blocks) + "\n");
    }

    private static IEnumerable<string> Opening(EvaluationReport report)
    {
        foreach (BenchmarkReport benchmark in report.Benchmarks.Where(benchmark => benchmark.Incomplete is not null))
            yield return $"**Partial: the files of {Escape(benchmark.Title)} are incomplete: {Escape(benchmark.Incomplete!.Describe())}.**";
        if (report.HasUnanswered)
            yield return "**Partial: some samples have no answer and count as wrong; see the Answers table.**";
        yield return $"Scoring mode `{report.Mode}`:";
        yield return List(report.Benchmarks.Select(benchmark =>
            $"{Escape(benchmark.Title)}, {(benchmark.Mode == report.Mode ? "" : $"mode `{benchmark.Mode}` (no mode `{report.Mode}`), ")}"
            + $"`{benchmark.Scorer}`: {benchmark.ScorerDescription}"));
    }

    private static IEnumerable<string> Comparability(EvaluationReport report)
    {
        yield return List(report.Benchmarks.SelectMany(Compare).Select(Escape));
    }

    private static IEnumerable<string> Compare(BenchmarkReport benchmark)
    {
        yield return benchmark.Comparison?.Describe(benchmark.Title) ?? $"{benchmark.Title}: no published result to compare with.";
        if (benchmark.Comparison?.DescribeDifference(benchmark.Title, benchmark.Overall) is { } difference)
            yield return difference;
    }

    private static IEnumerable<string> Provenance(EvaluationReport report)
    {
        yield return List(
        [
            $"Program: version {Escape(report.ProgramVersion)}",
            $"Model: {Escape(report.Model.Name)}, SHA-256 `{report.Model.Digest}`",
            .. report.Model.Settings.Select(setting => $"Setting: {Escape(setting.Key)} = {Escape(setting.Value)}"),
        ]);
        yield return Lines(ReportTables.Files(report));
    }

    internal static IEnumerable<string> Block(ReportTable table)
    {
        yield return Lines(table);
        if (table.Note is { Length: > 0 } note)
            yield return string.Join("\\\n", note.Split('\n').Select(Escape));
    }

    private static IEnumerable<string> Under(string line, ReportTable table) => Block(table).Prepend(line);

    private static string Lines(ReportTable table) => string.Join('\n', (IEnumerable<string>)
    [
        Line(table.Columns.Select(column => Escape(column.Header))),
        Line(table.Columns.Select(column => column.Alignment is ColumnAlignment.Right ? "---:" : "---")),
        .. table.Rows.Select((row, i) => Line(row.Select(cell => Cell(cell, isOwn: i == table.OwnRow)))),
    ]);

    private static string Cell(string text, bool isOwn) => isOwn && text is not ("" or ReportNumber.NotAvailable) ? $"**{Escape(text)}**" : Escape(text);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    internal static string List(IEnumerable<string> items) => string.Join('\n', items.Select(item => $"- {item}"));

    /// <summary>Escapes texts from annotations and file names, so that they cannot break tables or act as markup.</summary>
    internal static string Escape(string text) => string.Concat(text.Select(c => c switch
    {
        '\n' or '\r' => " ",
        '|' or '*' or '_' or '<' or '`' or '[' or '\\' or '#' => $"\\{c}",
        _ => c.ToString(),
    }));
}
