using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class GqaScorersTests
{
    private static readonly IScorer Official = Scorers.ByName["gqa-accuracy"];

    [Fact]
    public void Score_Cleanings_NeverTurnARightAnswerWrong() =>
        Gen.Select(Gen.OneOf(Gen.Const("green"), Gen.Const("no"), Gen.Const("man")), Gen.String).Sample((label, text) =>
            GqaScorers.All.All(scorer =>
                scorer.Score(Predictions.Generated("gqa", "1", label, text)).Value >= Official.Score(Predictions.Generated("gqa", "1", label, text)).Value));

    [Fact]
    public void Measure_BinaryAndOpen_AreTheTwoKindsOfStructure()
    {
        ImmutableArray<ScoredSample> samples =
        [
            Sample("1", "yes", "yes", structural: "verify"), Sample("2", "no", "yes", structural: "logical"), Sample("3", "left", "left", structural: "choose"),
            Sample("4", "green", "red", structural: "query"),
        ];

        Assert.Equal((3, 2.0 / 3), (Measure("binary", samples).Samples, Measure("binary", samples).Value!.Value));
        Assert.Equal((1, 0), (Measure("open", samples).Samples, Measure("open", samples).Value));
        Assert.Equal("the annotations do not give the questions' structural types", Measure("open", [Sample("1", "a", "a")]).Unavailable);
    }

    [Fact]
    public void Measure_ValidityAndPlausibility_WithoutChoices_AreNotAvailable()
    {
        foreach (string metric in (string[])["validity", "plausibility"])
        {
            Measurement none = Measure(metric, [Sample("1", "a", "a", new GqaContext { Group = "x" }), Sample("2", "a", "a")]);
            Assert.Equal((null, "no choices file for the split"), (none.Value, none.Unavailable));
        }
    }

    [Fact]
    public void Measure_ValidityAndPlausibility_AskWhetherTheAnswerIsListed()
    {
        GqaContext colors = new() { Valid = ["green", "red"], Plausible = ["green"] };
        ImmutableArray<ScoredSample> samples =
            [Sample("1", "green", "red", colors), Sample("2", "green", "Green", colors), Sample("3", "green", "green", colors), Failed("4", colors)];

        Assert.Equal(0.5, Measure("validity", samples).Value);
        Assert.Equal(0.25, Measure("plausibility", samples).Value);
    }

    [Fact]
    public void Measure_Consistency_IsTheMeanOverRightAnswersThatEntailOthers()
    {
        ImmutableArray<ScoredSample> samples =
        [
            Sample("1", "a", "a", Entailing("2", "3")), Sample("2", "b", "b"), Sample("3", "c", "wrong"),
            Sample("4", "d", "wrong", Entailing("9")), // wrong: what it entails does not matter, even outside the set
            Sample("5", "e", "e", Entailing("6")), Unbalanced(Sample("6", "f", "f", Entailing("3"))),
        ];

        Measurement consistency = Measure("consistency", samples);

        Assert.Equal((2, 0.75, null), (consistency.Samples, consistency.Value, consistency.Unavailable));
    }

    [Fact]
    public void Measure_ConsistencyOfASetThatLacksEntailedQuestions_IsNotAvailable()
    {
        Measurement consistency = Measure("consistency", [Sample("1", "a", "a", Entailing("2")), Sample("3", "a", "a", Entailing("1"))]);

        Assert.Null(consistency.Value);
        Assert.Equal("1 right answers entail questions that are not in the set; evaluate GQA's file of all questions", consistency.Unavailable);
        Assert.Equal("no right answer entails another question", Measure("consistency", [Sample("1", "a", "b", Entailing("2"))]).Unavailable);
    }

    [Fact]
    public void Measure_ConsistencyOfASetThatLacksSomeOfTheEntailedQuestions_IsNotAvailable()
    {
        Measurement found = Measure("consistency", [Sample("1", "green", "green", Entailing("2", "absent")), Sample("2", "green", "green")]);

        Assert.Null(found.Value);
        Assert.StartsWith("1 right answers entail questions that are not in the set", found.Unavailable, StringComparison.Ordinal);
    }

    [Fact]
    public void Measure_DistributionOfAnswersThatAreNoLabels_LacksThem()
    {
        GqaContext colour = new() { Group = "colour" };

        // Of the two labels, one is given once as it should be, the other one never: (0 - 1)^2 / 1, over 100.
        Assert.Equal(0.01, Measure("distribution", [Sample("1", "green", "purple", colour), Sample("2", "red", "red", colour)]).Value);
        Assert.Equal(0.01, Measure("distribution", [Failed("1", colour), Sample("2", "red", "red", colour)]).Value);
    }

    [Fact]
    public void Measure_ConsistencyOfOneRightAnswer_IsThatOfItsQuestions()
    {
        Measurement found = Measure("consistency", [Sample("1", "green", "green", Entailing("2", "3")), Sample("2", "a", "a"), Sample("3", "a", "b")]);

        Assert.Equal((1, 0.5, null), (found.Samples, found.Value, found.Unavailable));
    }

    [Fact]
    public void Measure_DistributionOfNothing_HasNoReason() =>
        Assert.Equal((null, null), (Measure("distribution", []).Value, Measure("distribution", []).Unavailable));

    [Fact]
    public void Measure_Distribution_WorkedExample_IsKnown()
    {
        GqaContext color = new() { Group = "color" }, place = new() { Group = "place" };
        ImmutableArray<ScoredSample> samples =
        [
            Sample("1", "red", "red", color), Sample("2", "red", "green", color), Sample("3", "green", "mauve", color), // mauve is true nowhere and not counted
            Sample("4", "left", "right", place), Sample("5", "up", "left"), // in no group
        ];

        Measurement distribution = Measure("distribution", samples);

        // color: red 1 of 2, green 1 of 1: 0.5. place: left 0 of 1: 1. Weighted by 3 and 1, over 4, over 100.
        Assert.Equal((0.5 * 3 + 1 * 1) / 4 / 100, distribution.Value!.Value, 1e-15);
        Assert.Equal((4, MeasurementScale.Number), (distribution.Samples, distribution.Scale));
        Assert.Equal("the annotations have no question groups", Measure("distribution", [Sample("5", "up", "left")]).Unavailable);
    }

    [Fact]
    public void Measure_DistributionOfRightAnswers_IsZero() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 3]).Array[1, 20].Sample(pairs =>
        Measure(
            "distribution",
            [.. pairs.Select((pair, i) => Sample($"{i}", $"{pair.Item2}", $"{pair.Item2}", new GqaContext { Group = $"{pair.Item1}" }))]).Value == 0,
            iter: 30);

    [Fact]
    public void Measure_UnbalancedQuestions_CountInNoMetric()
    {
        GqaContext context = new() { Group = "g", Valid = ["a"], Plausible = ["a"], Entailed = [new SampleId("1")] };
        ScoredSample counted = Sample("1", "a", "a", context, "query");
        ImmutableArray<ScoredSample> samples = [counted, .. Enumerable.Range(2, 5).Select(i => Unbalanced(Sample($"{i}", "a", "b", context, "verify")))];

        foreach (IMetric metric in Official.Metrics)
            Assert.Equal(metric.Measure([counted], 0).Value, metric.Measure(samples, 0).Value);
    }

    private static Measurement Measure(string metric, ImmutableArray<ScoredSample> samples) =>
        Official.Metrics.Single(one => one.Name == metric).Measure(samples, missing: 0);

    private static GqaContext Entailing(params string[] ids) => new() { Entailed = [.. ids.Select(id => new SampleId(id))] };

    private static ScoredSample Sample(string id, string label, string text, GqaContext? context = null, string? structural = null)
    {
        Prediction prediction = Predictions.Generated("gqa", id, label, text, structural is null ? [] : [new Slice("structural", structural)]);
        return Official.Judge(prediction with { Sample = prediction.Sample with { Gqa = context } });
    }

    private static ScoredSample Failed(string id, GqaContext context)
    {
        Prediction prediction = Predictions.Failed("gqa", id, "green");
        return Official.Judge(prediction with { Sample = prediction.Sample with { Gqa = context } });
    }

    private static ScoredSample Unbalanced(ScoredSample sample) =>
        Official.Judge(sample.Prediction with { Sample = sample.Prediction.Sample with { CountsOfficially = false } });
}
