using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Models;

public sealed class ChatFormatTests
{
    private static readonly ChatFormat Format = new("USER: <ImageHere>\n", " ASSISTANT:");
    private static readonly BenchmarkDefinition Instructed = SampleRuns.Definition("gqa") with { PromptTemplate = null, Instruction = "Briefly: {question}" };

    [Fact]
    public void Join_Instruction_BecomesTheWholePrompt()
    {
        BenchmarkDefinition joined = Format.Join(Instructed);

        Assert.Equal(("USER: <ImageHere>\nBriefly: {question} ASSISTANT:", null), (joined.WholePrompt, joined.Instruction));
    }

    [Fact]
    public void Join_WholePrompt_IsAskedAsItIs() =>
        Assert.Equal("<ImageHere>{question}", Format.Join(Instructed with { Instruction = null, PromptTemplate = "<ImageHere>{question}" }).WholePrompt);

    [Fact]
    public void WholePrompt_BeforeJoining_IsAMistakeOfTheProgram() => Assert.Throws<InvalidOperationException>(() => Instructed.WholePrompt);

    [Fact]
    public void AskedAs_PromptOfARunWithTheInstruction_TakesIt() =>
        Assert.Equal(Format.Join(Instructed), Instructed.AskedAs("USER: <ImageHere>\nBriefly: {question} ASSISTANT:"));

    [Fact]
    public void AskedAs_PromptOfAnotherInstruction_ShowsTheDifference() =>
        Assert.Null(Instructed.AskedAs("USER: <ImageHere>\nAt length: {question} ASSISTANT:").PromptTemplate);
}
