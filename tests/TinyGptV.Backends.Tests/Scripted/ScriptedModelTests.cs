using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Backends.Tests.Scripted;

public class ScriptedModelTests
{
    private static readonly EncodedImage Image = new("an image"u8.ToArray());
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task GenerateAsync_SameRequest_GivesTheSameAnswer()
    {
        var request = new GenerationRequest(Image, "<ImageHere> What?", 20);
        Generation first = await new ScriptedModel().GenerateAsync(request, Token);
        Generation second = await new ScriptedModel().GenerateAsync(request with { Image = new EncodedImage("an image"u8.ToArray()) }, Token);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.TokenIds, second.TokenIds);
    }

    [Fact]
    public async Task GenerateAsync_ManyPrompts_GivesDifferentAnswers()
    {
        var answers = new HashSet<string>();
        for (int i = 0; i < 100; i++)
            answers.Add((await new ScriptedModel().GenerateAsync(new GenerationRequest(Image, $"{i}", 20), Token)).Text);
        Assert.InRange(answers.Count, 5, 10);
    }

    [Fact]
    public async Task GenerateAsync_LongAnswer_IsCutAtTheLimit()
    {
        var model = new ScriptedModel((_, _) => "one two three");
        Generation generation = await model.GenerateAsync(new GenerationRequest(Image, "?", 2), Token);
        Assert.Equal(("one two", 2, StopReason.Length), (generation.Text, generation.TokenIds.Length, generation.StopReason));
    }

    [Fact]
    public async Task GenerateAsync_FirstWords_AreToldWhenAskedFor_TheAnswersOwnAsTheLikeliest()
    {
        var model = new ScriptedModel((_, _) => "Yes it is");
        var request = new GenerationRequest(Image, "?", 20) { FirstWords = ["no", "yes"] };
        Generation generation = await model.GenerateAsync(request, Token);
        Assert.Equal(["no", "yes"], generation.FirstWords!.Keys);
        Assert.True(generation.FirstWords["yes"] > 0.5 && generation.FirstWords["no"] < 0.5);
        Assert.Equal(generation.FirstWords, (await model.GenerateAsync(request, Token)).FirstWords);
        Assert.Null((await model.GenerateAsync(request with { FirstWords = [] }, Token)).FirstWords);
    }

    [Fact]
    public async Task RankAsync_ScriptedAnswer_IsTheLikeliest()
    {
        var model = new ScriptedModel((_, _) => "two cats");
        ChoiceRanking ranking = await model.RankAsync(new RankingRequest(Image, "?", ["a dog", "two cats", "none"], "\n"), Token);
        Assert.Equal(1, ranking.Choices.Index().MaxBy(choice => choice.Item.MeanLogLikelihood).Index);
        Assert.All(ranking.Choices, choice => Assert.True(choice is { LogLikelihood: < 0, Tokens: >= 1 }));
    }

    [Fact]
    public async Task RankAsync_NoChoice_IsRefused() => await Assert.ThrowsAsync<ArgumentException>(
        async () => await new ScriptedModel().RankAsync(new RankingRequest(Image, "?", [], ""), Token));

    [Fact]
    public async Task GenerateAsync_Delay_EndsWhenGivenUp()
    {
        using var giveUp = new CancellationTokenSource();
        var request = new ScriptedModel(delay: TimeSpan.FromDays(1)).GenerateAsync(new GenerationRequest(Image, "?", 1), giveUp.Token).AsTask();
        Assert.False(request.IsCompleted);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }
}
