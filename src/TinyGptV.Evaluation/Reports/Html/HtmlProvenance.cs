namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The provenance: program, model, settings, scorers and file digests.</summary>
internal static class HtmlProvenance
{
    public static void Write(EvaluationReport report, HtmlWriter html)
    {
        html.WriteRaw("<section id=\"provenance\" aria-labelledby=\"provenance-title\">\n<h2 id=\"provenance-title\">Provenance</h2>\n");
        html.WriteRaw("<dl class=\"facts-list panel\">\n");
        WriteFact("Program", $"tinygptv {report.ProgramVersion}", html);
        WriteFact("Model", report.Model.Name, html);
        WriteFact("SHA-256", report.Model.Digest, html);
        foreach ((string setting, string value) in report.Model.Settings)
            WriteFact(setting, value, html);
        foreach (BenchmarkReport benchmark in report.Benchmarks)
            WriteFact($"{benchmark.Title}, {benchmark.Scorer}", benchmark.ScorerDescription, html);
        html.WriteRaw("</dl>\n");
        HtmlTable.Write(ReportTables.Files(report), html);
        html.WriteRaw("</section>\n");
    }

    private static void WriteFact(string name, string value, HtmlWriter html) => html.Write($"<div><dt>{name}</dt><dd>{value}</dd></div>\n");
}
