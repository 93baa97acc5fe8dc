using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class AnswerTextTests
{
    [Theory]
    [InlineData(" yes ###Human: no", "yes")]
    [InlineData("yes###no###maybe", "yes")]
    [InlineData("###no", "")]
    [InlineData(" yes ## no ", "yes ## no")]
    public void OwnTurn_EndsAtTheFirstEndOfATurn(string text, string expected) => Assert.Equal(expected, AnswerText.OwnTurn(text));

    [Fact]
    public void OwnTurnAsAssistant_IsWhatTheLastAssistantSays()
    {
        Assert.Equal("b", AnswerText.OwnTurnAsAssistant("Assistant: a Assistant: b ###Assistant: c"));
        Assert.Equal("a", AnswerText.OwnTurnAsAssistant(" a ###"));
    }

    [Theory]
    [InlineData("\u001c\u001d yes no \u001e\u001f", "yes no")]
    [InlineData(" \t\n", "")]
    [InlineData("\u001b yes \u0020", "\u001b yes")]
    public void Strip_CountsTheSeparatorsOfTapesAsWhiteSpace(string text, string expected) => Assert.Equal(expected, PythonText.Strip(text));

    [Fact]
    public void Split_ManySpaces_GivesNoEmptyParts()
    {
        Assert.Equal(["a", "b", "c"], PythonText.Split("  a \t b\u001fc "));
        Assert.Empty(PythonText.Split(" "));
    }

    [Theory]
    [InlineData("Yes, it is.", true)]
    [InlineData("no", false)]
    [InlineData("yes and no", null)]
    [InlineData("yes_ or knows", null)]
    [InlineData("_no", null)]
    [InlineData("\"yes\"", true)]
    [InlineData("", null)]
    public void Side_IsTakenByWholeWords(string text, bool? expected) =>
        Assert.Equal(expected, AnswerText.Side(text, word => word == "yes", word => word == "no"));

    [Theory]
    [InlineData("red.", "red")]
    [InlineData("red..", "red.")]
    [InlineData(".red", ".red")]
    public void WithoutFullStop_LeavesOutOneAtTheEnd(string text, string expected) => Assert.Equal(expected, AnswerText.WithoutFullStop(text));

    [Theory]
    [InlineData("no", "I KNOW", true)]
    [InlineData("No", "no", false)]
    public void ContainsLabel_LowersTheTextOnly(string label, string text, bool expected) => Assert.Equal(expected, AnswerText.ContainsLabel(label, text));

    [Fact]
    public void WithoutUnknown_IsTheMarkAsItIsWritten() => Assert.Equal("a <UNK>", AnswerText.WithoutUnknown(" <unk>a <UNK><unk> "));

    [Theory]
    [InlineData(32, 0)]
    [InlineData(33, 1)]
    public void Normalize_FullStops_LeavesThoseBehindThirtyTwoOthers(int stops, int left) =>
        Assert.Equal("red" + new string('.', left), VqaText.Normalize("red" + new string('.', stops), Contractions.Vqa));

    [Theory]
    [InlineData("x-y- z", "xy z")]
    [InlineData("x-y -z", "xy z")]
    [InlineData("x-y z", "x y z")]
    public void Normalize_MarkBesideASpaceAnywhere_IsDeletedEverywhere(string text, string expected) =>
        Assert.Equal(expected, VqaText.Normalize(text, Contractions.Vqa));

    [Fact]
    public void Normalize_ContractionsWithCapitals_MatchNothing()
    {
        Assert.Equal("im", VqaText.Normalize("Im", Contractions.Vqa));
        Assert.Equal("im", VqaText.Normalize("Im", Contractions.VizWiz));
    }

    [Theory]
    [InlineData("1,000 cats-dogs", "1000 catsdogs")]
    [InlineData(",5 cats-dogs", "5 cats dogs")]
    [InlineData("1,a cats-dogs", "1 cats dogs")]
    [InlineData("a,1 cats-dogs", "1 cats dogs")]
    public void Normalize_CommaBetweenDigits_DeletesEveryMark(string text, string expected) =>
        Assert.Equal(expected, VqaText.Normalize(text, Contractions.Vqa));
}
