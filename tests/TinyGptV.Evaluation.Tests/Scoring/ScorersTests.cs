using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class ScorersTests
{
    [Fact]
    public void ChoiceScorers_MeanAndSumDisagree_WhenChoicesDifferInLength()
    {
        ImmutableArray<ChoiceLikelihood> choices = [new(-3.0, 1), new(-4.0, 4), new(-9.0, 3)];

        Assert.Equal(new Score(1, 1), Choice("mean-likelihood-choice", "1", choices));
        ScoredSample one = Scorers.ByName["mean-likelihood-choice"].Judge(Predictions.Ranked("iconqa", "1", "1", ["a", "b", "c"], choices));
        Assert.Equal(
            ("accuracy-by-total-likelihood", 0.0),
            (Scorers.ByName["mean-likelihood-choice"].Metrics[1].Name, Scorers.ByName["mean-likelihood-choice"].Metrics[1].Measure([one], 0).Value));
        Assert.Equal(
            ("accuracy-by-mean-likelihood", 1.0),
            (Scorers.ByName["sum-likelihood-choice"].Metrics[1].Name, Scorers.ByName["sum-likelihood-choice"].Metrics[1].Measure([one], 0).Value));
        Assert.Equal(new Score(0, 0), Choice("sum-likelihood-choice", "1", choices));
        Assert.Equal(new Score(1, 0), Choice("sum-likelihood-choice", "0", choices));
    }

    [Fact]
    public void ChoiceScorers_Ties_GoToTheFirst_AndNotANumberIsLast()
    {
        Assert.Equal(1, Choice("mean-likelihood-choice", "0", [new(-5, 1), new(-4, 2), new(-2, 1)]).Choice);
        Assert.Equal(1, Choice("mean-likelihood-choice", "0", [new(double.NaN, 1), new(-4, 2)]).Choice);
        Assert.Equal(0, Choice("sum-likelihood-choice", "0", [new(-4, 2), new(double.NaN, 1)]).Choice);
    }

    [Fact]
    public void SubstringRules_NeverScoreBelowEquality() =>
        Gen.Select(Gen.OneOf(Gen.Const("no"), Gen.Const("man"), Gen.Const("green"), Gen.Const("true")), Gen.String).Sample((label, text) =>
            Text("contains-label", label, text).Value >= Text("equals-label-lower-cased", label, text).Value
            && Text("contains-label-or-yes-no", label, text).Value >= Text("contains-label", label, text).Value);

    [Fact]
    public void SubstringRule_FindsALabelWhereverItStands() => Gen.Select(Gen.String, Gen.String).Sample((before, after) =>
        Text("contains-label", "green", before + "GrEEn" + after).Value == 1);

    [Theory]
    [InlineData("contains-label-any-case", "Green", "it is greenish", 1)]
    [InlineData("contains-label-any-case", "green", "red", 0)]
    [InlineData("equals-label-any-case", "Green.", " green ###red", 1)]
    [InlineData("equals-label-any-case", "green", "GREEN.", 1)]
    [InlineData("equals-label-any-case", "green", "greenish", 0)]
    public void LabelScorers_AnyCase_AreWhatTheirDescriptionsSay(string scorer, string label, string text, double expected) =>
        Assert.Equal(new Score(expected), Text(scorer, label, text));

    [Theory]
    [InlineData("true-or-false", "true")]
    [InlineData("yes-or-no", "yes")]
    public void SideScorers_Undecided_IsTheShareOfAnswersThatTakeNoSide(string name, string label)
    {
        IScorer scorer = Scorers.ByName[name];
        string[] texts = [label, "maybe", "perhaps", "who knows"];
        ScoredSample[] samples = [.. texts.Select((text, i) => scorer.Judge(Predictions.Generated("vsr", $"{i}", label, text)))];

        Assert.Equal(0.75, scorer.Metrics.Single(metric => metric.Name == "undecided-share").Measure(samples, missing: 0).Value);
    }

    [Fact]
    public void Every_scorer_says_what_it_compares_with_and_which_words_it_asks_for()
    {
        Assert.Equal(
            [ReferenceKind.Target, ReferenceKind.Target, ReferenceKind.Answers, ReferenceKind.Box],
            new[] { "mean-likelihood-choice", "true-or-false", "vqa-accuracy", "box-overlap" }.Select(name => Scorers.ByName[name].Reference));
        Assert.All(Scorers.ByName.Values, scorer => Assert.NotEmpty(scorer.Description));
        Assert.Empty(Scorers.ByName["mean-likelihood-choice"].FirstWords);
        Assert.Equal(["true", "yes", "false", "no"], Scorers.ByName["true-or-false"].FirstWords);
        Assert.Equal(
            ["false", "no", "true", "yes"],
            Scorers.FirstWordsFor(Predictions.Definition("vsr", RequestKind.Generate, ("official", "true-or-false"), ("other", "yes-or-no"))));
    }

    [Fact]
    public void SampleMean_MissingSamples_CountAsZeroUnlessNothingIsKnownOfThem()
    {
        ScoredSample[] one = [Scorers.ByName["equals-label"].Judge(Predictions.Generated("vsr", "1", "a", "a"))];

        Measurement counting = new SampleMean("m", _ => 1).Measure(one, missing: 1);
        Measurement leaving = new SampleMean("m", _ => 1) { CountsMissing = false }.Measure(one, missing: 1);

        Assert.Equal((2, 0.5, 1, 1.0), (counting.Samples, counting.Value, leaving.Samples, leaving.Value));
    }

    [Fact]
    public void For_ModeThatTheBenchmarkLacks_ListsTheModesItHas()
    {
        BenchmarkDefinition definition = Predictions.Definition("vsr", RequestKind.Generate, ("official", "true-or-false"), ("tinygptv", "contains-label"));

        Assert.Equal("true-or-false", Scorers.For(definition, "official").Name);
        PrerequisiteException refusal = Assert.Throws<PrerequisiteException>(() => Scorers.For(definition, "paper"));
        Assert.Equal("Benchmark 'vsr' has no scoring mode 'paper'; it has official, tinygptv. Choose one of these.", refusal.Message);
    }

    [Theory]
    [InlineData("official", "official")]
    [InlineData("tinygptv", "tinygptv")]
    [InlineData("tinygptv-root", "tinygptv")] // a variant: what it is a variant of
    [InlineData("official-llava", "official")]
    [InlineData("minigptv2", "official")]     // not there at all: the mode that stands in
    public void ModeFor_ModeThatOtherBenchmarksHave_IsStoodInFor(string asked, string used)
    {
        BenchmarkDefinition definition = Predictions.Definition("vsr", RequestKind.Generate, ("official", "true-or-false"), ("tinygptv", "contains-label"));

        Assert.Equal(used, ScoringModes.ModeFor(definition, asked));
        Assert.Equal(definition.Scorers[used], Scorers.For(definition, asked).Name);
    }

    [Fact]
    public void ModeFor_FallbackThatTheDefinitionNames_StandsIn()
    {
        BenchmarkDefinition definition = Predictions.Definition("own", RequestKind.Generate, ("official", "equals-label"), ("lenient", "contains-label"));

        Assert.Equal("lenient", ScoringModes.ModeFor(definition with { FallbackMode = "lenient" }, "tinygptv"));
        Assert.Equal("official", ScoringModes.ModeFor(definition with { FallbackMode = "lenient" }, "official-llava"));
        Assert.Throws<PrerequisiteException>(() => ScoringModes.ModeFor(
            Predictions.Definition("own", RequestKind.Generate, ("lenient", "contains-label")), "tinygptv"));
    }

    [Fact]
    public void For_ScorerThatDoesNotExist_ListsThoseThatDo()
    {
        BenchmarkDefinition definition = Predictions.Definition("vsr", RequestKind.Generate, ("official", "guess"));

        PrerequisiteException refusal = Assert.Throws<PrerequisiteException>(() => Scorers.For(definition, "official"));
        Assert.Contains(
            "has an unknown scorer 'guess' in mode 'official'; expected one of box-overlap, box-overlap-of-pixels, contains-label,", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void EqualsLabel_UnbalancedQuestion_DoesNotCountAnsweredOrNot()
    {
        Prediction balanced = Predictions.Generated("gqa", "1", "no", "no");
        Prediction unbalanced = balanced with { Sample = balanced.Sample with { CountsOfficially = false } };

        Assert.Equal(new Score(1), Scorers.ByName["equals-label"].Score(balanced));
        Assert.Equal(new Score(0, Excluded: true), Scorers.ByName["equals-label"].Score(unbalanced));
        Assert.Equal(new Score(0, Excluded: true), Scorers.ByName["equals-label"].Unanswered(unbalanced));
        Assert.Equal(default, Scorers.ByName["equals-label"].Unanswered(balanced));
        Assert.Equal(new Score(1), Scorers.ByName["contains-label"].Score(unbalanced));
    }

    [Fact]
    public void ChoiceScorers_ChoiceWithAnUnderscore_StaysOneChoice()
    {
        Prediction prediction = Predictions.Ranked("iconqa", "1", "1", ["a_b", "c"], [new(-2, 1), new(-1, 1)]);

        Assert.Equal(new Score(1, 1), Scorers.ByName["mean-likelihood-choice"].Score(prediction));
    }

    [Fact]
    public void Score_AnswerOfTheOtherKind_IsAnArgumentError()
    {
        Prediction generated = Predictions.Generated("gqa", "1", "no", "no");

        Assert.Throws<ArgumentException>(() => Scorers.ByName["mean-likelihood-choice"].Score(generated));
    }

    private static Score Text(string scorer, string label, string text) => Scorers.ByName[scorer].Score(Predictions.Generated("gqa", "1", label, text));

    private static Score Choice(string scorer, string target, ImmutableArray<ChoiceLikelihood> choices) =>
        Scorers.ByName[scorer].Score(Predictions.Ranked("iconqa", "1", target, ["a", "b", "c"], choices));
}
