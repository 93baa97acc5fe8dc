using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class SideScorerTests
{
    // Text, relative probability of the affirmative answer, expected side, and whether the words are undecided.
    [Theory]
    [InlineData("True.", 0.1, true, false)]
    [InlineData("yes, true", 0.1, true, false)]
    [InlineData("It is false", 0.9, false, false)]
    [InlineData("true or false", 0.9, true, true)]
    [InlineData("true or false", 0.1, false, true)]
    [InlineData("a cat", 0.9, true, true)]
    [InlineData("", 0.1, false, true)]
    public void Score_UndecidedWords_LeaveItToLikelihoods(string text, double probability, bool side, bool undecided)
    {
        foreach (bool label in (bool[])[true, false])
        {
            Score score = Of("true-or-false", label ? "true" : "false", text, (probability, 1 - probability));
            Assert.Equal((side == label ? 1 : 0, undecided), (score.Value, score.Undecided));
            Assert.Equal(probability, score.Probability!.Value, 1e-12);
        }
    }

    [Fact]
    public void Score_UndecidedWordsAndNoLikelihoods_AreWrongForBothLabels()
    {
        Assert.Equal(new Score(0, Undecided: true), Of("yes-or-no", "yes", "maybe", null));
        Assert.Equal(new Score(0, Undecided: true), Of("yes-or-no", "no", "maybe", null));
        Assert.Equal(new Score(0, Undecided: true, Probability: 0.5), Of("yes-or-no", "yes", "maybe", (0.25, 0.25)));
        Assert.Equal(new Score(0, Undecided: true, Probability: 0.5), Of("yes-or-no", "no", "maybe", (0, 0)));
    }

    [Fact]
    public void Score_TheWordsNotAndKnow_AreNotNo() => Assert.True(Of("yes-or-no", "no", "I do not know", null).Undecided);

    [Fact]
    public void Score_AnyAnswer_IsRightForAtMostOneLabel() =>
        Gen.Select(Gen.OneOf(Gen.String, Gen.Const("yes no"), Gen.Const("No")), Gen.Double[0, 1]).Sample((text, yes) =>
            Of("yes-or-no", "yes", text, (yes, 1 - yes)).Value + Of("yes-or-no", "no", text, (yes, 1 - yes)).Value is var sum && (
                sum == 1 || (sum == 0 && yes == 0.5)));

    private static Score Of(string scorer, string target, string text, (double Affirmed, double Denied)? likelihoods)
    {
        Prediction prediction = Predictions.Generated("made-up", "1", target, text);
        if (likelihoods is not var (affirmed, denied))
            return Scorers.ByName[scorer].Score(prediction);
        string[] words = scorer == "yes-or-no" ? ["yes", "no"] : ["true", "false"];
        var told = ImmutableSortedDictionary<string, double>.Empty.Add(words[0], affirmed).Add(words[1], denied);
        if (scorer != "yes-or-no")
            told = told.Add("yes", 0).Add("no", 0);
        return Scorers.ByName[scorer].Score(prediction with { Generation = prediction.Generation! with { FirstWords = told } });
    }
}
