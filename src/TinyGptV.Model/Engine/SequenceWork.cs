using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Scheduling;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>A tokenized prompt, split at the image.</summary>
/// <param name="Before">Tokens before the image vectors.</param>
/// <param name="After">Tokens after the image vectors.</param>
internal sealed record ImagePrompt(ImmutableArray<int> Before, ImmutableArray<int> After);

/// <summary>What a request needs to know about the model.</summary>
/// <param name="ImageRows">Number of vectors per image.</param>
/// <param name="BeginTokens">The start of the original's output, one begin-of-text token: counted and penalised, but never fed to the network.</param>
/// <param name="EndToken">The end-of-text token that stops generation; negative for none.</param>
internal sealed record ModelFacts(int ImageRows, ImmutableArray<int> BeginTokens, int EndToken)
{
    /// <summary>Tokens whose log-likelihood as first token is requested. Default: none.</summary>
    public ImmutableArray<int> FirstTokens { get; init; } = [];
}

/// <summary>A request in the engine: adds its rows to each step and handles the results.</summary>
/// <param name="image">The image, disposed with the request.</param>
/// <param name="prompt">The prompt.</param>
/// <param name="model">Facts about the model.</param>
/// <param name="cancellationToken">Abandons the request.</param>
internal abstract class SequenceWork(PreparedImage image, ImagePrompt prompt, ModelFacts model, CancellationToken cancellationToken)
    : ISchedulable, IDisposable
{
    private int _shared; // rows

    /// <summary>The request's image.</summary>
    public PreparedImage Image { get; } = image;

    public abstract int RowsDue { get; }

    public bool IsAbandoned => CancellationToken.IsCancellationRequested;

    protected ImagePrompt Prompt { get; } = prompt;

    protected ModelFacts Model { get; } = model;

    /// <summary>Number of rows that its cache needs after the prompt.</summary>
    protected abstract int FurtherRows { get; }

    /// <summary>Number of the prompt's rows that have to be computed; before <see cref="Begin"/> all.</summary>
    protected int PromptRowsDue => PromptRows - _shared;

    private int PromptRows => Prompt.Before.Length + Model.ImageRows + Prompt.After.Length;

    private CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The sequence's cache, from <see cref="Begin"/> on.</summary>
    protected KvCache? Cache { get; private set; }

    /// <summary>Joins the batch: its first rows are in the step that follows.</summary>
    /// <param name="runner">Creates KV caches.</param>
    /// <param name="prompts">Prompts whose beginning this one may share.</param>
    public void Begin(ModelRunner runner, PromptPrefixes prompts)
    {
        Cache = prompts.Begin(Image.Digest, Prompt.Before, Model.ImageRows, Prompt.After, FurtherRows, runner.NewCache);
        _shared = Cache.Length;
    }

    /// <summary>Adds the rows that are due to a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="imageVectors">The image's vectors [Q, C]; asked for at most once, and not if the image's rows are shared.</param>
    public abstract void AddRows(PackedStep step, Func<Tensor> imageVectors);

    /// <summary>Processes the step's results.</summary>
    public abstract void Advance();

    /// <summary>Returns the result to the caller. Called once, when no more rows are due.</summary>
    public abstract void Complete();

    /// <summary>Fails the request.</summary>
    /// <param name="reason">The cause.</param>
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
        if (_shared == 0)
        {
            step.AddTokens(Prompt.Before);
            step.AddVectors(imageVectors());
        }

        step.AddTokens(Prompt.After[^Math.Min(Prompt.After.Length, PromptRowsDue)..]);
        step.EndSpan(Cache!);
    }
}
