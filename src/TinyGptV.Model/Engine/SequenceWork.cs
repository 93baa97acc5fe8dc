using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Scheduling;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>A prompt cut where the image stands.</summary>
/// <param name="Before">Tokens in front of the image vectors.</param>
/// <param name="After">Tokens behind them.</param>
internal sealed record ImagePrompt(ImmutableArray<int> Before, ImmutableArray<int> After);

/// <summary>What a request must know of the model it is asked of.</summary>
/// <param name="ImageRows">The number of vectors an image becomes.</param>
/// <param name="Head">What the original's output begins with, one begin token: counted and penalised, but never fed to the network.</param>
/// <param name="EndToken">Ends generation; negative for none.</param>
internal sealed record ModelFacts(int ImageRows, ImmutableArray<int> Head, int EndToken)
{
    /// <summary>Tokens whose likelihood of being the first is wanted. Default: none.</summary>
    public ImmutableArray<int> FirstTokens { get; init; } = [];
}

/// <summary>One request on its way through the engine: knows which rows come next and what to make of the answers.</summary>
/// <param name="image">The image, disposed with the request.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="model">What must be known of the model.</param>
/// <param name="cancellationToken">The caller has gone.</param>
internal abstract class SequenceWork(PreparedImage image, ImagePrompt prompt, ModelFacts model, CancellationToken cancellationToken) : ISchedulable, IDisposable
{
    /// <summary>The image of the request.</summary>
    public PreparedImage Image { get; } = image;

    public abstract int RowsDue { get; }

    public bool IsAbandoned => CancellationToken.IsCancellationRequested;

    protected ImagePrompt Prompt { get; } = prompt;

    protected ModelFacts Model { get; } = model;

    protected int PromptRows => Prompt.Before.Length + Model.ImageRows + Prompt.After.Length;

    private CancellationToken CancellationToken { get; } = cancellationToken;

    protected KvCache? Cache { get; set; }

    /// <summary>Adds the rows that are due to a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="runner">For new caches.</param>
    /// <param name="imageVectors">The image's vectors [Q, C]; needed in the first step only.</param>
    public abstract void AddRows(PackedStep step, ModelRunner runner, Func<Tensor> imageVectors);

    /// <summary>Takes the answers of the step into account.</summary>
    public abstract void Advance();

    /// <summary>Hands the result to the caller. Called once, when no rows are due any more.</summary>
    public abstract void Complete();

    /// <summary>Tells the caller that there will be no result.</summary>
    /// <param name="reason">Why.</param>
    public abstract void Fail(Exception reason);

    public virtual void Dispose()
    {
        Cache?.Dispose();
        Image.Dispose();
    }

    protected void Fail<T>(TaskCompletionSource<T> result, Exception reason)
    {
        if (IsAbandoned)
            result.TrySetCanceled(CancellationToken);
        else
            result.TrySetException(reason);
    }

    protected void AddPrompt(PackedStep step, Func<Tensor> imageVectors)
    {
        step.AddTokens(Prompt.Before);
        step.AddVectors(imageVectors());
        step.AddTokens(Prompt.After);
        step.EndSpan(Cache!);
    }
}
