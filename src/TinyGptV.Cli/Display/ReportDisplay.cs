using TinyGptV.Evaluation.Reports;

namespace TinyGptV.Cli.Display;

/// <summary>Tables of reports as text.</summary>
internal static class ReportDisplay
{
    public static async Task WriteAsync(IEnumerable<ReportTable> tables, TextWriter output)
    {
        foreach (ReportTable table in tables)
        {
            await output.WriteLineAsync(table.Title);
            await output.WriteLineAsync();
            await TextOf(table).WriteToAsync(output);
            if (table.Note is { } note)
                await output.WriteLineAsync(note);
            await output.WriteLineAsync();
        }
    }

    private static TextTable TextOf(ReportTable table)
    {
        var text = new TextTable([.. table.Columns.Select(column => column.Alignment == ColumnAlignment.Right ? ">" + column.Header : column.Header)]);
        foreach (var row in table.Rows)
            text.Add([.. row]);
        return text;
    }
}
