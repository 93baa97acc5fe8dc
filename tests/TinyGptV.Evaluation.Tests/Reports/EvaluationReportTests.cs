using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Reports.Html;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Reports;

public sealed class EvaluationReportTests
{
    [Fact]
    public void Create_CountsAnsweredFailedMissingAndDuplicated()
    {
        EvaluationReport report = MadeUpRun.Report();
        AnswerCounts gqa = report.Benchmarks[0].Counts;

        Assert.Equal((6, 4, 1, 1, 1), (gqa.Expected, gqa.Answered, gqa.Failed, gqa.Missing, gqa.Duplicated));
        Assert.Equal(1, report.Unexpected);
        Assert.True(report.IsPartial);
        Assert.All(
            report.Benchmarks,
            benchmark => Assert.Equal(benchmark.Counts.Expected, benchmark.Counts.Answered + benchmark.Counts.Failed + benchmark.Counts.Missing));
    }

    [Fact]
    public void Create_SamplesWithoutAnswer_CountAsWrong()
    {
        Measurement overall = MadeUpRun.Report().Benchmarks[0].Overall;

        // Right: 09 and 1 by substring, but not 2, 4 (failed) or the missing one. Of the two predictions for 3, "green" sorts first.
        Assert.Equal((6, 2.0 / 6), (overall.Samples, overall.Value));
    }

    [Fact]
    public void Create_SampleThatFailedOnceAndWasAnsweredOnce_CountsAsAnswered()
    {
        Prediction answered = MadeUpRun.All.First(prediction => prediction.Sample.Id.Value == "1");
        Prediction failed = answered with { Generation = null, Failure = new SampleFailure(SampleFailureKind.ImageUnavailable, "gone") };

        foreach (Prediction[] order in (Prediction[][])[[answered, failed], [failed, answered]])
        {
            AnswerCounts counts = EvaluationReport.Create(MadeUpRun.Manifest, order, "tinygptv").Benchmarks[0].Counts;
            Assert.Equal((1, 0, 1), (counts.Answered, counts.Failed, counts.Duplicated));
        }
    }

    [Fact]
    public void Create_DoublePointsOfVsr_PassOneHundredPercentOfASlice()
    {
        SliceMeasurement under = Assert.Single(MadeUpRun.Report().Benchmarks[1].Slices, slice => slice.Name == "under");

        Assert.Equal((2, 1.0), (under.Measurement.Samples, under.Measurement.Value));
        Assert.Equal((2.0 + 1) / 3, MadeUpRun.Report().Benchmarks[1].Overall.Value);
    }

    [Fact]
    public void Create_OfficialMode_CountsUndecidedAnswers() =>
        Assert.Equal(2, MadeUpRun.Report("official").Benchmarks[1].Counts.Undecided);

    [Fact]
    public void Create_SamplesThatDoNotCountOfficially_AreLeftOutAnsweredOrNot()
    {
        ImmutableArray<Prediction> predictions = [.. MadeUpRun.All.Select(prediction =>
            prediction.Sample.Id.Value is "3" or "4" ? prediction with { Sample = prediction.Sample with { CountsOfficially = false } } : prediction)];

        BenchmarkReport official = EvaluationReport.Create(MadeUpRun.Manifest, predictions, "official").Benchmarks[0];
        BenchmarkReport original = EvaluationReport.Create(MadeUpRun.Manifest, predictions, "tinygptv").Benchmarks[0];

        Assert.Equal((4, 6), (official.Overall.Samples, original.Overall.Samples));
        Assert.Equal((1, 3),
        (official.Slices.Single(slice => slice.Name == "query").Measurement.Samples,
            original.Slices.Single(slice => slice.Name == "query").Measurement.Samples));
    }

    [Fact]
    public void Create_ModeThatABenchmarkLacks_IsRefused() =>
        Assert.Contains(
            "Benchmark 'gqa' has no scoring mode 'paper'; it has official, tinygptv.",
            Assert.Throws<PrerequisiteException>(() => MadeUpRun.Report("paper")).Message, StringComparison.Ordinal);

    [Fact]
    public void Create_ModeThatSomeBenchmarksLack_SaysWhatStandsInForEach()
    {
        EvaluationReport report = MadeUpRun.Report("tinygptv-root");

        Assert.Equal("tinygptv-root", report.Mode);
        Assert.All(report.Benchmarks, benchmark => Assert.Equal("tinygptv", benchmark.Mode));
        Assert.Contains("VSR has no mode tinygptv-root and is scored in mode tinygptv.", ReportTables.Results(report).Note, StringComparison.Ordinal);
        Assert.Equal(MadeUpRun.Report().Benchmarks.Select(benchmark => benchmark.Overall), report.Benchmarks.Select(benchmark => benchmark.Overall));
        Assert.Equal(MadeUpRun.Report().Benchmarks[2].Comparison!.IsComparable, report.Benchmarks[2].Comparison!.IsComparable);
    }

    [Fact]
    public void Create_PartsByNumber_AreInTheOrderOfNumbers()
    {
        Prediction[] predictions = [.. ((string[])["10", "9", "2", "x"]).Select(
            number => Predictions.Generated("gqa", number, "a", "a", new Slice("words", number)))];

        EvaluationReport report = EvaluationReport.Create(MadeUpRun.Manifest, predictions, "tinygptv");

        Assert.Equal(["2", "9", "10", "x"], report.Benchmarks[0].Slices.Select(slice => slice.Name));
    }

    [Fact]
    public void Create_AnyOrderOfPredictions_GivesTheSameFiles()
    {
        string expected = Files(MadeUpRun.All);

        Gen.Shuffle(MadeUpRun.All.ToArray()).Sample(predictions => Files(predictions) == expected, iter: 200);
    }

    [Fact]
    public void Create_NoPredictions_IsAReportOfNothing()
    {
        EvaluationReport report = EvaluationReport.Create(MadeUpRun.Manifest, [], "tinygptv");

        Assert.All(report.Benchmarks, benchmark =>
        {
            Assert.Equal(benchmark.Counts.Expected, benchmark.Counts.Missing);
            Assert.Equal((null, null, "no sample has an answer"), (benchmark.Overall.Value, benchmark.Overall.Interval, benchmark.Overall.Unavailable));
        });
        Assert.DoesNotContain("0.0 ±", Files([]), StringComparison.Ordinal);
        Assert.Contains("GQA: none of 6 samples has an answer.", ReportTables.Results(report).Note!.Split('\n'));
    }

    [Fact]
    public void Create_OnlyFailures_HaveNoScoreInAnySlice()
    {
        BenchmarkReport gqa = EvaluationReport.Create(MadeUpRun.Manifest, [MadeUpRun.All[5]], "tinygptv").Benchmarks[0];

        Assert.Equal((0, 1), (gqa.Counts.Answered, gqa.Counts.Failed));
        Assert.Null(gqa.Overall.Value);
        Assert.All(gqa.Slices, slice => Assert.Equal((1, null), (slice.Measurement.Samples, slice.Measurement.Value)));
    }

    [Fact]
    public void Create_MetricWithoutAValue_SaysWhyWhereverItStands()
    {
        RunManifest manifest = MadeUpRun.Manifest with
        {
            Benchmarks =
            [
                MadeUpRun.Manifest.Benchmarks[0] with
                {
                    Definition = Predictions.Definition("hm", RequestKind.Generate, ("official", "yes-or-no")) with { Title = "HM" },
                    Samples = 2,
                },
            ],
        };
        const string Reason = "2 of 2 predictions lack the probabilities of both answers", Slice = "1 of 1 predictions lack the probabilities of both answers";

        EvaluationReport report = EvaluationReport.Create(
            manifest,
            [Predictions.Generated("hm", "1", "yes", "yes", new Slice("kind", "a")), Predictions.Generated("hm", "2", "no", "no", new Slice("kind", "b"))],
            "official");

        Assert.Contains($"HM has no ROC-AUC: {Reason}.", ReportTables.Results(report).Note!.Split('\n'));
        Assert.Equal($"No result for a, b: {Slice}.", Assert.Single(ReportTables.Slices(report.Benchmarks[0])).Note);
        using StringWriter files = new();
        CsvReport.Write(report, files);
        Assert.Contains($",roc-auc,,,2,,,,,{Reason}\n", files.ToString(), StringComparison.Ordinal);
        MarkdownReport.Write(report, files);
        Assert.Contains($"HM has no ROC-AUC: {Reason}.", files.ToString(), StringComparison.Ordinal);
        HtmlReport.Write(report, files);
        Assert.Contains($"not available: {Reason}</p>", files.ToString(), StringComparison.Ordinal);
        Assert.Contains($"<p class=\"note\">No result for a, b: {Slice}.</p>", files.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Create_UnfinishedBenchmark_HasTheResultOverItsAnswersBesideTheOneWithMissingAsWrong()
    {
        EvaluationReport report = MadeUpRun.Report();
        BenchmarkReport gqa = report.Benchmarks[0];

        Assert.Equal((6, 2.0 / 6), (gqa.Overall.Samples, gqa.Overall.Value));
        Assert.Equal((4, 2.0 / 4), (gqa.OverAnswered!.Samples, gqa.OverAnswered.Value));
        Assert.Contains("GQA: 50.0 ± 35.0 over the 4 answered of 6 samples.", ReportTables.Results(report).Note!.Split('\n'));
        Assert.All(report.Benchmarks.Skip(1), benchmark => Assert.Null(benchmark.OverAnswered));
        int column = ReportTables.Answers(report).Columns.Select(one => one.Header).ToList().IndexOf("Of answered");
        Assert.Equal(["50.0 ± 35.0", "100.0 ± 89.7†"], ReportTables.Answers(report).Rows.Take(2).Select(row => row[column]));
        EvaluationReport complete = EvaluationReport.Create(
            MadeUpRun.Manifest with { Benchmarks = MadeUpRun.Manifest.Benchmarks[1..] }, MadeUpRun.All, "tinygptv");
        Assert.DoesNotContain(ReportTables.Answers(complete).Columns, one => one.Header == "Of answered");
        Assert.Null(ReportTables.Results(complete).Note?.Split('\n').FirstOrDefault(line => line.Contains("answered", StringComparison.Ordinal)));
    }

    [Fact]
    public void Comparison_NamesEveryDifference()
    {
        PublishedComparison comparison = MadeUpRun.Report("official").Benchmarks[0].Comparison!;

        Assert.Equal(
            "GQA: not comparable with 50.0 (a paper), because the split is sample, not test; 2 samples have no answer and count as wrong; "
            + "the scoring mode is official, not tinygptv.",
            comparison.Describe("GQA"));
        Assert.Equal(
            "IconVQ: comparable with 50.0 (a paper): same split with all its samples, prompt not recorded, scoring mode tinygptv.",
            MadeUpRun.Report().Benchmarks[2].Comparison!.Describe("IconVQ"));
    }

    [Fact]
    public void Comparison_LimitedRunOrOtherPromptOrUnknownSize_IsNotComparable()
    {
        BenchmarkManifest icon = MadeUpRun.Manifest.Benchmarks[2];
        PublishedResult published = icon.Definition.Published!;

        Assert.Equal(
            ["2 of 6,316 samples were evaluated"], Differences(icon with { Definition = icon.Definition with { Expected = new ExpectedCounts(6316, 6316) } }));
        Assert.Equal(["the samples use 2 images, not 1"], Differences(icon with { Definition = icon.Definition with { Expected = new ExpectedCounts(2, 1) } }));
        Assert.Equal(["the official number of samples is not recorded"], Differences(icon with { Definition = icon.Definition with { Expected = null } }));
        Assert.Equal(["the prompt differs"], Differences(icon with
        {
            Definition = icon.Definition with { Published = published with { PromptTemplate = "<ImageHere> {question}" } },
        }));
    }

    [Theory]
    [InlineData("gqa")]
    [InlineData("vsr")]
    [InlineData("iconqa")]
    [InlineData("vizwiz")]
    [InlineData("hm")]
    public void PaperTable_AgreesWithTheDefinitionsOfTheRepository(string name)
    {
        BenchmarkDefinition definition = BenchmarkDefinitionReader.Read(
            File.ReadAllBytes(Path.Combine(Repository.Root, "benchmarks-data", name, "benchmark.json")), name);
        int column = PublishedTables.Main.Columns.Select(column => column.Benchmark.Value).ToList().IndexOf(name);

        Assert.Equal(
            (definition.Title, definition.Published?.Accuracy), (PublishedTables.Main.Columns[column].Title, PublishedTables.PaperRow.Cells[column]?.Value));
    }

    private static ImmutableArray<string> Differences(BenchmarkManifest benchmark)
    {
        RunManifest manifest = MadeUpRun.Manifest with { Benchmarks = [benchmark] };
        return EvaluationReport.Create(manifest, MadeUpRun.All, "tinygptv").Benchmarks[0].Comparison!.Differences;
    }

    private static string Files(IEnumerable<Prediction> predictions)
    {
        EvaluationReport report = EvaluationReport.Create(MadeUpRun.Manifest, predictions, "tinygptv");
        using StringWriter writer = new();
        CsvReport.Write(report, writer);
        PredictionsCsv.Write(report, writer);
        MarkdownReport.Write(report, writer);
        HtmlReport.Write(report, writer);
        return writer + ReportJson.Write(report);
    }
}
