using System.Globalization;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>The summary: one card for each benchmark with its result, the published result and the answer counts.</summary>
internal static class HtmlSummary
{
    public static void Write(EvaluationReport report, HtmlWriter html)
    {
        html.WriteRaw("<section id=\"results\" aria-labelledby=\"results-title\">\n<h2 id=\"results-title\">Results</h2>\n");
        foreach (BenchmarkReport benchmark in report.Benchmarks.Where(benchmark => benchmark.Incomplete is not null))
            WriteAlert("Partial.", $"The files of {benchmark.Title} are incomplete: {benchmark.Incomplete!.Describe()}.", html);
        int unanswered = report.Benchmarks.Sum(benchmark => benchmark.Counts.Unanswered);
        int expected = report.Benchmarks.Sum(benchmark => benchmark.Counts.Expected);
        if (report.HasUnanswered)
            WriteAlert("Partial.", $"{ReportNumber.Count(unanswered)} of {ReportNumber.Count(expected)} samples have no answer and count as wrong.", html);
        if (report.Unexpected > 0)
            WriteAlert("Damaged store.", $"{ReportNumber.Count(report.Unexpected)} predictions belong to no benchmark of this run and were left out.", html);
        html.WriteRaw("<div class=\"cards\">\n");
        foreach (BenchmarkReport benchmark in report.Benchmarks)
            WriteCard(benchmark, report.Mode, html);
        html.WriteRaw("</div>\n</section>\n");
    }

    private static void WriteAlert(string title, string text, HtmlWriter html) =>
        html.Write($"<p class=\"alert\" role=\"note\"><b>{title}</b> {text}</p>\n");

    private static void WriteCard(BenchmarkReport benchmark, string mode, HtmlWriter html)
    {
        html.Write($"<article class=\"panel\">\n<h3>{benchmark.Title} <small>{benchmark.Split}</small></h3>\n");
        if (benchmark.Mode != mode)
            html.Write($"<p class=\"verdict\">mode <b>{benchmark.Mode}</b> (no mode {mode})</p>\n");
        html.Write($"<p class=\"figure\"><b>{ReportNumber.Value(benchmark.Overall)}</b>");
        if (benchmark.Overall.Interval is not null)
            html.Write($"<span> {ReportNumber.Error(benchmark.Overall)}</span>");
        html.Write($"<small>{ReportNumber.Heading(benchmark.Overall)}</small></p>\n");
        if (benchmark.Overall.Value is null)
            html.Write($"<p class=\"verdict\">not available: {ReportNumber.Reason(benchmark.Overall)}</p>\n");
        if (benchmark.Overall.Caution is not null)
            html.Write($"<p class=\"verdict\">{ReportNumber.CautionNote}</p>\n");
        if (benchmark.OverAnswered is not null)
            html.Write($"<p class=\"verdict\">{ReportTables.DescribeAnswered(benchmark)}</p>\n");
        if (benchmark.Imported?.Remarks() is { } remarks)
            html.Write($"<p class=\"verdict\">imported answers: {remarks}</p>\n");
        (string style, string verdict) = Verdict(benchmark);
        html.Write($"<p class=\"verdict {style}\">{verdict}</p>\n");
        WriteCounts(benchmark, html);
        html.WriteRaw("</article>\n");
    }

    /// <summary>The answers as a strip, with named counts below, so that colours need not be told apart.</summary>
    private static void WriteCounts(BenchmarkReport benchmark, HtmlWriter html)
    {
        AnswerCounts counts = benchmark.Counts;
        html.WriteRaw("<svg class=\"strip\" width=\"100%\" height=\"8\" aria-hidden=\"true\" focusable=\"false\">");
        double start = 0;
        foreach ((string style, int count) in ((string, int)[])[("answered", counts.Answered), ("failed", counts.Failed), ("missing", counts.Missing)])
        {
            double share = counts.Expected == 0 ? 0 : 100.0 * count / counts.Expected;
            html.Write($"<rect class=\"{style}\" x=\"{Percent(start)}\" width=\"{Percent(share)}\" height=\"8\"/>");
            start += share;
        }

        html.WriteRaw("</svg>\n<dl class=\"counts\">");
        WriteCount("expected", counts.Expected, "", html);
        WriteCount("answered", counts.Answered, "", html);
        WriteCount("failed", counts.Failed, "bad", html);
        WriteCount("missing", counts.Missing, "bad", html);
        WriteCount("duplicated", counts.Duplicated, "bad", html);
        WriteCount("undecided", counts.Undecided, "odd", html);
        html.WriteRaw("</dl>\n");
    }

    private static void WriteCount(string name, int count, string styleUnlessZero, HtmlWriter html) =>
        html.Write($"<div class=\"{(count == 0 ? "zero" : styleUnlessZero)}\"><dt>{name}</dt><dd>{ReportNumber.Count(count)}</dd></div>");

    private static (string Style, string Text) Verdict(BenchmarkReport benchmark)
    {
        if (benchmark.Comparison is not { } comparison)
            return ("none", "no published result");
        string published = $"the published {ReportNumber.Percent(comparison.Published.Accuracy)}";
        return comparison switch
        {
            { IsComparable: false } => ("none", $"not comparable with {published}"),
            { Difference: { IsLarger: true, Value: > 0 and var value } } => ("above", $"{ReportNumber.Signed(value)} above {published}, beyond sampling error"),
            { Difference: { IsLarger: true, Value: var value } } => ("below", $"{ReportNumber.Signed(value)} below {published}, beyond sampling error"),
            { Difference: { ExceedsError: true, Value: var value } } =>
                ("same", $"{ReportNumber.Signed(value)} from {published}, not beyond chance among all published results here"),
            { Difference: { IsLarger: false, Value: var value } } => ("same", $"{ReportNumber.Signed(value)} from {published}, within sampling error"),
            { Difference: { Value: var value } } => ("none", $"{ReportNumber.Signed(value)} from {published}"),
            _ => ("none", "no result"),
        };
    }

    private static string Percent(double value) => value.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
