using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class VqaAccuracyTests
{
    private static readonly Gen<string> Word = Gen.OneOf(
        ((string[])["yes", "Yes", "yes.", "no", "the no", "2", "two", "red_blue", "", "dont", "don't"]).Select(Gen.Const).ToArray());

    private static readonly Gen<ImmutableArray<ReferenceAnswer>> TenAnswers = Word.Array[10].Select(words => Answers.Of(words));

    [Fact]
    public void OfVqa_TenAnswers_FollowsTheTable() => Gen.Int[1, 9].Sample(agree =>
        Math.Abs(
            VqaAccuracy.OfVqa(Answers.Of([.. Enumerable.Repeat("red", agree), .. Enumerable.Repeat("blue", 10 - agree)]), "red", string.Equals)
            - Math.Min(1, agree * 0.3)) < 1e-12);

    [Fact]
    public void OfVqa_OrderOfPeople_ChangesNothingButTheLastBits() => Gen.Select(TenAnswers, Word).Sample((answers, text) =>
        Math.Abs(VqaAccuracy.OfVqa(answers, text, string.Equals) - VqaAccuracy.OfVqa([.. answers.Reverse()], text, string.Equals)) < 1e-12);

    [Fact]
    public void Accuracies_LieBetweenNoneAndOne() => Gen.Select(TenAnswers, Gen.OneOf(Word, Gen.String)).Sample((answers, text) =>
        Of("vqa-accuracy", answers, text) is >= 0 and <= 1 && Of("vizwiz-accuracy", answers, text) is >= 0 and <= 1
        && Of("overlapping-answers", answers, text) is >= 0 and <= 1 && Of("equal-answers", answers, text) is >= 0 and <= 1);

    [Fact]
    public void AnyCase_NeverScoresBelowTheOfficialRule() => Gen.Select(TenAnswers, Word).Sample((answers, text) =>
        VqaAccuracy.OfVqa(answers, text, AnswerText.EqualsAnyCase) >= VqaAccuracy.OfVqa(answers, text, string.Equals));

    [Fact]
    public void OverlappingAnswers_NeverScoreBelowEqualOnes() => Gen.Select(TenAnswers, Word).Sample((answers, text) =>
        Of("overlapping-answers", answers, text) >= Of("equal-answers", answers, text));

    [Fact]
    public void Score_SampleWithoutAnswers_IsAnArgumentError() =>
        Assert.Throws<ArgumentException>(() => Scorers.ByName["vqa-accuracy"].Score(Predictions.Generated("vqav2", "1", "yes", "yes")));

    private static double Of(string scorer, ImmutableArray<ReferenceAnswer> answers, string text)
    {
        var prediction = Predictions.Generated("made-up", "1", "", text);
        return Scorers.ByName[scorer].Score(prediction with { Sample = prediction.Sample with { Answers = answers } }).Value;
    }
}
