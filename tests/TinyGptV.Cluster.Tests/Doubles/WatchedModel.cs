using System.Collections.Concurrent;
using TinyGptV.Backends.Scripted;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>A scripted model that records its prompts and lets a test act before each answer.</summary>
internal sealed class WatchedModel(string digest = "scripted") : IVisionLanguageModel
{
    private readonly ScriptedModel _script = new();
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _answered;

    public ConcurrentQueue<string> Prompts { get; } = [];

    /// <summary>Holds every request after this many answers until <see cref="Release"/>.</summary>
    public int HoldAfter { get; init; } = int.MaxValue;

    /// <summary>Called with every prompt before it is answered.</summary>
    public Func<string, CancellationToken, Task>? Before { get; init; }

    /// <summary>Ends when a request is held.</summary>
    public Task WhenItHolds => _holds.Task;

    /// <summary>Ends when the caller cancels a held request.</summary>
    public Task WhenGivenUp => _cancelled.Task;

    public ChatFormat Chat => _script.Chat;

    public ModelIdentity Identity => _script.Identity with { Digest = digest };

    public int PreferredConcurrency => 4;

    public void Release() => _released.TrySetResult();

    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken)
    {
        await AskAsync(request.Prompt, cancellationToken);
        return await _script.GenerateAsync(request, cancellationToken);
    }

    public async ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken)
    {
        await AskAsync(request.Prompt, cancellationToken);
        return await _script.RankAsync(request, cancellationToken);
    }

    private async Task AskAsync(string prompt, CancellationToken cancellationToken)
    {
        Prompts.Enqueue(prompt);
        if (Before is not null)
            await Before(prompt, cancellationToken);
        if (Interlocked.Increment(ref _answered) <= HoldAfter)
            return;
        _holds.TrySetResult();
        try
        {
            await _released.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }
    }
}
