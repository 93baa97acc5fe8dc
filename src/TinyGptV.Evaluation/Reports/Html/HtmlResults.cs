using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The comparison with published results: the papers' tables, a plot for each benchmark, and the differences.</summary>
internal static class HtmlResults
{
    public static void Write(EvaluationReport report, HtmlWriter html)
    {
        html.WriteRaw("<section id=\"published\" aria-labelledby=\"published-title\">\n<h2 id=\"published-title\">Published results</h2>\n");
        html.WriteRaw("<p class=\"lead\">Accuracies in percent. ± is the distance to the farther end of the 95 % interval; whiskers show the interval.</p>\n");
        ImmutableArray<ReportTable> tables = ReportTables.Published(report);
        HtmlTable.Write(tables[0], html);
        html.WriteRaw("<h3>Differences from published results</h3>\n<ul class=\"sentences\">\n");
        foreach (BenchmarkReport benchmark in report.Benchmarks)
            WriteComparison(benchmark, html);
        html.WriteRaw("</ul>\n");
        WritePlots(report, html);
        foreach (ReportTable table in tables.Skip(1))
            HtmlTable.Write(table, html);
        if (ReportTables.FurtherMetrics(report) is { } further)
            HtmlTable.Write(further, html);
        html.WriteRaw("</section>\n");
    }

    private static void WritePlots(EvaluationReport report, HtmlWriter html)
    {
        ImmutableArray<(BenchmarkReport Benchmark, ImmutableArray<PlottedRow> Rows)> plots =
            [.. report.Benchmarks.Select(benchmark => (benchmark, PlottedRow.Of(benchmark))).Where(plot => plot.Item2.Length > 1)];
        if (plots.IsEmpty)
            return;
        html.WriteRaw("<h3>By benchmark</h3>\n<div class=\"plots\">\n");
        foreach ((BenchmarkReport benchmark, ImmutableArray<PlottedRow> rows) in plots)
            WritePlot(benchmark, rows, html);
        html.WriteRaw("</div>\n");
    }

    private static void WritePlot(BenchmarkReport benchmark, ImmutableArray<PlottedRow> rows, HtmlWriter html)
    {
        var axis = PlotAxis.Around([.. rows.SelectMany(row => (double[])[row.Value, row.Interval?.Low ?? row.Value, row.Interval?.High ?? row.Value])]);
        html.Write($"<div class=\"panel\"><table class=\"forest\">\n<caption>{benchmark.Title} <small>{benchmark.Split}</small></caption>\n");
        html.WriteRaw("<thead><tr><th scope=\"col\">Model</th><th scope=\"col\" class=\"drawn\"><span class=\"unseen\">Plot in percent</span>");
        html.WriteRaw(PlotCell.Scale(axis));
        html.WriteRaw("</th><th scope=\"col\" class=\"num\">%</th></tr></thead>\n<tbody>\n");
        foreach (PlottedRow row in rows)
        {
            html.Write($"<tr class=\"{row.Style}\"><th scope=\"row\">{row.Model}</th><td class=\"drawn\">");
            html.WriteRaw(PlotCell.Dot(axis, row.Value, row.Interval, row.Style));
            html.Write($"</td><td class=\"num\">{row.Printed}</td></tr>\n");
        }

        html.WriteRaw("</tbody></table></div>\n");
    }

    private static void WriteComparison(BenchmarkReport benchmark, HtmlWriter html)
    {
        html.Write($"<li>{benchmark.Comparison?.Describe(benchmark.Title) ?? $"{benchmark.Title}: no published result to compare with."}");
        if (benchmark.Comparison?.DescribeDifference(benchmark.Title, benchmark.Overall) is { } difference)
            html.Write($" <b>{difference}</b>");
        html.WriteRaw("</li>\n");
    }
}
