using CsCheck;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Tests.Benchmarks;

public sealed class PromptTemplateTests
{
    private const string Vqa = "###Human: <Img><ImageHere></Img> [vqa] {question}###Assistant: ";

    [Theory]
    [InlineData("Is it {question} or {0}?")]
    [InlineData("")]
    [InlineData("Was it 'a' \\ \"b\"?\n")]
    public void Render_AnyQuestion_PutsItInUnchanged(string question) =>
        Assert.Equal($"###Human: <Img><ImageHere></Img> [vqa] {question}###Assistant: ", PromptTemplate.Parse(Vqa).Render(question));

    [Fact]
    public void Render_AnyText_KeepsWhatIsAround() => Gen.String.Sample(question =>
    {
        string prompt = PromptTemplate.Parse(Vqa).Render(question);
        return prompt.StartsWith("###Human: <Img><ImageHere></Img> [vqa] ", StringComparison.Ordinal)
            && prompt.EndsWith("###Assistant: ", StringComparison.Ordinal)
            && prompt.Length == Vqa.Length - "{question}".Length + question.Length;
    });

    [Theory]
    [InlineData("{question}", "<ImageHere> exactly once, found 0 times")]
    [InlineData("<ImageHere><ImageHere>{question}", "<ImageHere> exactly once, found 2 times")]
    [InlineData("<ImageHere>{Question}", "{question} exactly once, found 0 times")]
    [InlineData("<ImageHere>{question}{question}", "{question} exactly once, found 2 times")]
    public void Parse_WrongPlaceholders_SaysWhichAndHowOften(string template, string expected) =>
        Assert.Contains(expected, Assert.Throws<PrerequisiteException>(() => PromptTemplate.Parse(template)).Message, StringComparison.Ordinal);
}
