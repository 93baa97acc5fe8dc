using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The slices of each benchmark as bars, one table for each kind; long tables are folded.</summary>
internal static class HtmlSlices
{
    private const int MostUnfolded = 24;

    public static void Write(EvaluationReport report, HtmlWriter html)
    {
        html.WriteRaw("<section id=\"slices\" aria-labelledby=\"slices-title\">\n<h2 id=\"slices-title\">Slices</h2>\n");
        if (report.Benchmarks.All(benchmark => benchmark.Slices.IsEmpty))
            html.WriteRaw("<p class=\"lead\">No benchmark of this run has slices.</p>\n");
        else
            html.WriteRaw("<p class=\"lead\">The main metric for each slice; small slices have wide intervals.</p>\n");
        foreach (BenchmarkReport benchmark in report.Benchmarks.Where(benchmark => !benchmark.Slices.IsEmpty))
        {
            html.Write($"<h3>{benchmark.Title}</h3>\n<div class=\"slices\">\n");
            foreach (var kind in benchmark.Slices.GroupBy(slice => slice.Kind))
                WriteKind(benchmark, kind.Key, [.. kind], html);
            html.WriteRaw("</div>\n");
        }

        html.WriteRaw("</section>\n");
    }

    private static void WriteKind(BenchmarkReport benchmark, string kind, IReadOnlyList<SliceMeasurement> slices, HtmlWriter html)
    {
        var axis = PlotAxis.FromZero(slices.Select(slice => slice.Measurement.Value ?? 0));
        html.Write($"<details class=\"panel\"");
        html.WriteRaw(slices.Count <= MostUnfolded ? " open>" : ">");
        html.Write($"<summary>by {kind} <small>{ReportNumber.Count(slices.Count)} {(slices.Count == 1 ? "slice" : "slices")}</small></summary>\n");
        html.Write($"<table class=\"bars\">\n<caption class=\"unseen\">{benchmark.Title} by {kind}</caption>\n<thead><tr>");
        html.Write($"<th scope=\"col\" data-sort=\"text\">{kind}</th><th scope=\"col\" class=\"drawn\"><span class=\"unseen\">Plot in percent</span>");
        html.WriteRaw(PlotCell.Scale(axis));
        html.Write($"</th><th scope=\"col\" class=\"num\" data-sort=\"number\">{ReportNumber.Heading(benchmark.Overall)}</th>");
        html.WriteRaw("<th scope=\"col\" class=\"num\" data-sort=\"number\">Samples</th></tr></thead>\n<tbody>\n");
        foreach (SliceMeasurement slice in slices)
            WriteSlice(slice, axis, html);
        html.WriteRaw("</tbody></table>\n");
        foreach (string reason in ReportTables.ReasonsOf(slices)?.Split('\n') ?? [])
            html.Write($"<p class=\"note\">{reason}</p>\n");
        if (slices.Any(slice => slice.Measurement.Caution is not null))
            html.Write($"<p class=\"note\">{ReportNumber.CautionNote}</p>\n");
        html.WriteRaw("</details>\n");
    }

    private static void WriteSlice(SliceMeasurement slice, PlotAxis axis, HtmlWriter html)
    {
        html.Write($"<tr><th scope=\"row\">{slice.Name}</th><td class=\"drawn\">");
        if (slice.Measurement.Value is { } value)
            html.WriteRaw(PlotCell.Bar(axis, value, slice.Measurement.Interval));
        html.Write($"</td><td class=\"num\">{ReportNumber.WithError(slice.Measurement)}</td>");
        html.Write($"<td class=\"num\">{ReportNumber.Count(slice.Measurement.Samples)}</td></tr>\n");
    }
}
