using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Reports;

public sealed partial class HtmlReportTests
{
    private const string Hostile = "</script><script>alert(1)</script><!-- \u2028 \u2029 & \" ' <b>";

    [Fact]
    public void Write_TextsFromOutside_NeverBecomeMarkup()
    {
        string page = Write(Report(Hostile));

        // Only the page's own two script elements, whatever the texts contain. Line separators would end a line of JavaScript.
        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script"));
        string scripts = page[page.IndexOf("<script", StringComparison.Ordinal)..];
        Assert.DoesNotContain('\u2028', scripts);
        Assert.DoesNotContain('\u2029', scripts);
        Assert.DoesNotContain("<!-- ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_LoadsNothing()
    {
        string page = Write(MadeUpRun.Report());

        Assert.DoesNotMatch("""(src|href)="(?!#)""", page[..page.IndexOf("<script>", StringComparison.Ordinal)]);
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", page, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_SaysAtOnceWhatTheNumbersRestOn()
    {
        string page = Write(MadeUpRun.Report());

        Assert.Contains("<b>Partial.</b> 2 of 12 samples have no answer and count as wrong.", page, StringComparison.Ordinal);
        Assert.Contains("<dt>expected</dt><dd>6</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>duplicated</dt><dd>1</dd>", page, StringComparison.Ordinal);
        Assert.Contains("1 predictions belong to no benchmark of this run", page, StringComparison.Ordinal);
        Assert.Contains("scoring mode <b>tinygptv</b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_IdsAreUnique() =>
        Assert.All(Ids().Matches(Write(MadeUpRun.Report())).GroupBy(id => id.Value), same => Assert.Single(same));

    [Fact]
    public void Write_WithoutPredictions_IsAPage() =>
        Assert.Contains("<h2 id=\"samples-title\">", Write(EvaluationReport.Create(MadeUpRun.Manifest, [], "tinygptv")), StringComparison.Ordinal);

    [Theory]
    [InlineData(0.0, 1.0, 0.5, "50%")]
    [InlineData(0.0, 1.0, 0.0, "3%")]
    [InlineData(0.0, 1.0, 1.0, "97%")]
    [InlineData(0.3, 0.5, 2.0, "97%")]
    public void PlotAxis_X_LiesBetweenItsMargins(double low, double high, double value, string x) => Assert.Equal(x, new PlotAxis(low, high).X(value));

    [Theory]
    [InlineData(0.31, 0.632, "30 40 50 60 70")]
    [InlineData(0.4, 0.4, "40 50")]
    [InlineData(0.0, 1.0, "0 20 40 60 80 100")]
    [InlineData(0.3, 0.6, "30 40 50 60")]
    public void PlotAxis_Around_HasFullTensFromEndToEnd(double least, double most, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', PlotAxis.Around([least, most]).Ticks.Select(ReportNumber.Whole)));

    [Fact]
    public void PlotAxis_FromZero_GoesBeyondAHundredOnlyWhereScoresDo()
    {
        Assert.Equal(1, PlotAxis.FromZero([0.2]).High, precision: 9);
        Assert.Equal(1.4, PlotAxis.FromZero([1.32]).High, precision: 9);
    }

    [Fact]
    public void PlotCell_Whiskers_EndAtTheInterval()
    {
        string cell = PlotCell.Dot(new PlotAxis(0, 1), 0.5, new Interval(0.25, 0.75), "own");

        Assert.Contains("<line x1=\"26.5%\" x2=\"73.5%\"", cell, StringComparison.Ordinal);
        Assert.Contains("<circle cx=\"50%\"", cell, StringComparison.Ordinal);
    }

    private static EvaluationReport Report(string text)
    {
        ImmutableArray<Prediction> predictions =
        [
            .. MadeUpRun.All,
            Predictions.Generated("gqa", text, text, text, new Evaluation.Benchmarks.Slice(text, text)),
            Predictions.Failed("own", text, text),
        ];
        RunManifest manifest = MadeUpRun.Manifest;
        return EvaluationReport.Create(manifest with { Model = manifest.Model with { Name = text }, ProgramVersion = text }, predictions, "tinygptv");
    }

    private static string Write(EvaluationReport report)
    {
        using StringWriter writer = new();
        HtmlReport.Write(report, writer);
        return writer.ToString();
    }

    [GeneratedRegex(@"\sid=""[^""]+""")]
    private static partial Regex Ids();
}
