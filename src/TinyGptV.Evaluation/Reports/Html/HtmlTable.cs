namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>A report table in a frame that scrolls sideways on narrow screens.</summary>
internal static class HtmlTable
{
    public static void Write(ReportTable table, HtmlWriter html)
    {
        html.Write($"<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{table.Title}\"><table>\n<caption>{table.Title}</caption>\n<thead><tr>");
        foreach (ReportColumn column in table.Columns)
            html.Write($"<th scope=\"col\" class=\"{Side(column)}\">{column.Header}</th>");
        html.WriteRaw("</tr></thead>\n<tbody>\n");
        for (int i = 0; i < table.Rows.Length; i++)
            WriteRow(table, i, html);
        html.WriteRaw("</tbody></table></div>\n");
        foreach (string note in table.Note?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
            html.Write($"<p class=\"note\">{note}</p>\n");
    }

    private static void WriteRow(ReportTable table, int i, HtmlWriter html)
    {
        string style = i == table.OwnRow ? "own" : table.Rows[i][0] == PublishedTables.PaperModel ? "paper" : "other";
        html.Write($"<tr class=\"{style}\"><th scope=\"row\">{table.Rows[i][0]}</th>");
        for (int column = 1; column < table.Columns.Length; column++)
            html.Write($"<td class=\"{Side(table.Columns[column])}\">{table.Rows[i][column]}</td>");
        html.WriteRaw("</tr>\n");
    }

    private static string Side(ReportColumn column) => column.Alignment is ColumnAlignment.Right ? "num" : "";
}
