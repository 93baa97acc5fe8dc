using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class RunIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("0")]
    [InlineData("Run-1_b.c")]
    public void Parse_LettersDigitsAndMarks_IsTheName(string text) => Assert.Equal(text, RunId.Parse(text).Value);

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("-a")]
    [InlineData("_a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("caf\u00e9")]
    public void Parse_AnythingElse_IsRefused(string text)
    {
        Assert.False(RunId.IsValid(text));
        Assert.Contains($"found '{text}'", Assert.Throws<PrerequisiteException>(() => RunId.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IsValid_Length_IsAHundredAtMost()
    {
        Assert.True(RunId.IsValid(new string('a', 100)));
        Assert.False(RunId.IsValid(new string('a', 101)));
    }
}
