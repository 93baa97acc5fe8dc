using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cli.Tests.Commands;

/// <summary>Answers like another model a number of times, then interrupts the program and does not answer until cancelled.</summary>
internal sealed class InterruptingModel(IVisionLanguageModel inner, int answers, CancellationTokenSource interrupt) : IVisionLanguageModel
{
    public ChatFormat Chat { get; } = new ScriptedModel().Chat;

    private int _left = answers;

    public ModelIdentity Identity => inner.Identity;

    public int PreferredConcurrency => 1;

    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        if (Interlocked.Decrement(ref _left) >= 0)
            return await inner.GenerateAsync(request, cancellationToken);
        await interrupt.CancelAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        throw new InvalidOperationException("An endless wait has ended.");
    }

    public ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken) => inner.RankAsync(request, cancellationToken);
}
