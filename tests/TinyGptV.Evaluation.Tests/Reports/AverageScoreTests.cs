using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Reports;

/// <summary>A run of the five benchmarks of the paper's main table, whose Hateful Memes is an accuracy in one mode and ROC-AUC in another.</summary>
public sealed class AverageScoreTests
{
    private static readonly string[] Names = ["gqa", "vsr", "iconqa", "vizwiz", "hm"];

    // One of four, two of four, ... of each benchmark is right; Hateful Memes' probabilities rank three of its four pairs correctly.
    private static readonly ImmutableArray<Prediction> All =
    [
        .. Names[..4].SelectMany((name, right) => Enumerable.Range(0, 4).Select(i => Predictions.Generated(name, $"{i}", "a", i <= right ? "a" : "b"))),
        Meme("0", "yes", 0.9), Meme("1", "yes", 0.4), Meme("2", "no", 0.5), Meme("3", "no", 0.1),
    ];

    [Fact]
    public void Average_OfAccuracies_IsTheirMean_AndItsErrorAddsSquares()
    {
        EvaluationReport report = Report("tinygptv");
        Measurement average = report.Average.Measurement;

        Assert.Equal((0.25 + 0.5 + 0.75 + 1 + 0.5) / 5, average.Value!.Value, precision: 12);
        Assert.Equal(
            Math.Sqrt(report.Benchmarks.Sum(benchmark => Math.Pow(benchmark.Overall.StandardError!.Value, 2))) / 5, average.StandardError!.Value,
            precision: 12);
        Assert.Equal(average.Reach!.Value, Math.Sqrt(report.Benchmarks.Sum(benchmark => Math.Pow(benchmark.Overall.Reach!.Value, 2))) / 5, precision: 12);
        Assert.Equal(Names, report.Average.Benchmarks.Select(name => name.Value));
        Assert.StartsWith("60.0 ± ", ReportTables.Results(report).Rows[1][^1], StringComparison.Ordinal);
        // The second table has five of the columns too, and one that the run lacks.
        Assert.Equal(2, ReportTables.Published(report).Length);
        Assert.Contains("run,,,tinygptv,average-accuracy,,,20,0.6,", Csv(report), StringComparison.Ordinal);
        Assert.Contains("\"The mean of the accuracies of GQA, VSR, IconVQ, VizWiz, HM, each with the same weight;", Csv(report), StringComparison.Ordinal);
        Assert.Contains("\"rule\": \"The mean of the accuracies", ReportJson.Write(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Average_WithAnAreaUnderTheCurve_IsNone_AndTheCellSaysWhatItIs()
    {
        EvaluationReport report = Report("official");

        Assert.Equal(("roc-auc", 0.75), (report.Benchmarks[4].Overall.Metric, report.Benchmarks[4].Overall.Value));
        Assert.Equal((null, "the result of HM is ROC-AUC, not an accuracy"), (report.Average.Measurement.Value, report.Average.Measurement.Unavailable));
        Assert.Equal("-", ReportTables.Results(report).Rows[1][^1]);
        Assert.Contains("No Average: the result of HM is ROC-AUC, not an accuracy.", ReportTables.Results(report).Note!.Split('\n'));
        foreach (ReportTable table in (ReportTable[])[ReportTables.Results(report), .. ReportTables.Published(report), ReportTables.Answers(report)])
            Assert.Single(table.Rows.SelectMany(row => row), cell => cell.TrimEnd('*').EndsWith(" (ROC-AUC)", StringComparison.Ordinal));
        using StringWriter page = new();
        HtmlReport.Write(report, page);
        Assert.Contains("<small>ROC-AUC %</small>", page.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Average_OfFewerBenchmarks_IsNone()
    {
        Assert.Equal("the run does not have VizWiz, HM", MadeUpRun.Report().Average.Measurement.Unavailable);
        Assert.Equal(
            "VizWiz has no result",
            EvaluationReport.Create(Manifest, All.Where(one => one.Benchmark.Value != "vizwiz"), "tinygptv").Average.Measurement.Unavailable);
    }

    [Fact]
    public void CsvReport_Write_UsesEveryKeyOnce()
    {
        // Run, benchmark, split, mode, metric, slice kind, slice.
        string[] keys = [.. Csv(Report("official")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => string.Join(',', line.Split(',')[..7]))];

        Assert.Equal(keys.Distinct(), keys);
        Assert.Contains("run,hm,sample,official,undecided,,", keys);
        Assert.Contains("run,hm,sample,official,undecided-share,,", keys);
    }

    internal static EvaluationReport Report(string mode) => EvaluationReport.Create(Manifest, All, mode);

    private static RunManifest Manifest => MadeUpRun.Manifest with
    {
        Run = new RunId("run"),
        Benchmarks =
        [
            .. Names.Select(name => new BenchmarkManifest
            {
                Definition = Predictions.Definition(
                    name,
                    RequestKind.Generate,
                    ("tinygptv", name == "hm" ? "contains-yes-or-no" : "equals-label"),
                    ("official", name == "hm" ? "yes-or-no" : "equals-label")) with
                { Title = PublishedTables.Main.Columns.Single(column => column.Benchmark.Value == name).Title },
                Digests = ImmutableSortedDictionary<string, string>.Empty,
                Samples = 4,
                Images = 4,
            }),
        ],
    };

    private static Prediction Meme(string id, string target, double yes)
    {
        Prediction prediction = Predictions.Generated("hm", id, target, id is "0" or "1" ? "yes" : "yes, no");
        return prediction with
        {
            Generation = prediction.Generation! with { FirstWords = ImmutableSortedDictionary<string, double>.Empty.Add("yes", yes).Add("no", 1 - yes) },
        };
    }

    private static string Csv(EvaluationReport report)
    {
        using StringWriter writer = new();
        CsvReport.Write(report, writer);
        return writer.ToString();
    }
}
