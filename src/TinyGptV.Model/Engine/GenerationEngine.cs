using System.Collections.Concurrent;
using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Vision;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>
/// Answers requests about images. Requests may come from any thread and are batched as they arrive. The engine's own thread, the only
/// one that uses the model, runs the steps: encode the image once, prefill, decode one token at a time. Sequences join and leave between steps
/// (continuous batching).
/// </summary>
public sealed class GenerationEngine : IAsyncDisposable
{
    private const string ImagePlace = "<ImageHere>";

    private readonly BlockingCollection<SequenceWork> _arriving = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EngineOptions _options;
    private readonly LoadedModel _model;
    private readonly ModelFacts _facts;
    private readonly ImageVectors _vectors;
    private readonly ImagePreparation _images;

    /// <summary>Starts the engine's thread.</summary>
    /// <param name="model">The model; the engine disposes it.</param>
    /// <param name="options">How the engine uses the machine.</param>
    public GenerationEngine(LoadedModel model, EngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        (_model, _options) = (model, options);
        _facts = new ModelFacts(model.Network.Config.Qformer.QueryLength, [model.Tokenizer.EndOfTextId], model.Network.Phi.EosTokenId);
        var transform = new ImageTransform(model.Network.Config.ImageSize);
        _vectors = new ImageVectors(Math.Max(options.CachedImages, options.MaxBatch));
        _images = new ImagePreparation(bytes => transform.Apply(bytes.Span), _vectors, 2 * options.MaxBatch);
        new Thread(RunLoop) { Name = "generation engine", IsBackground = true }.Start();
    }

    /// <summary>Number of requests to keep in flight for full speed.</summary>
    public int PreferredConcurrency => 2 * _options.MaxBatch;

    /// <summary>Answers a prompt, like the original's generate call.</summary>
    /// <param name="imageDigest">Digest of the image's bytes; requests with equal digests share one encoding.</param>
    /// <param name="image">The image file: JPEG, PNG or WebP.</param>
    /// <param name="prompt">The prompt, containing <c>&lt;ImageHere&gt;</c> once.</param>
    /// <param name="decoding">How tokens are chosen, and how many at most.</param>
    /// <param name="cancellationToken">Abandons the request.</param>
    /// <returns>The answer, uncut.</returns>
    /// <exception cref="ArgumentException">The prompt does not contain the image exactly once.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public async Task<GeneratedAnswer> GenerateAsync(
        string imageDigest, ReadOnlyMemory<byte> image, string prompt, DecodingOptions decoding, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(decoding);
        ArgumentOutOfRangeException.ThrowIfLessThan(decoding.MaxNewTokens, 1);
        ImagePrompt tokens = decoding.PrependsBegin ? WithBegin(Tokenize(prompt)) : Tokenize(prompt);
        FirstWordTokens words = FirstWordTokens.Of(decoding.FirstWords, _model.Tokenizer);
        PreparedImage prepared = await _images.PrepareAsync(imageDigest, image).ConfigureAwait(false);
        GeneratedTokens result = await SubmitAsync(prepared, tokens, words.All, decoding, cancellationToken).ConfigureAwait(false);
        return new GeneratedAnswer(_model.Tokenizer.GenerateText(result.Ids.AsSpan()), result.Ids, result.Ended, words.Probabilities(result.First));
    }

    /// <summary>Computes the log-likelihood of each candidate after a prompt, like the original's multi_select, but per candidate.</summary>
    /// <param name="imageDigest">Digest of the image's bytes; requests with equal digests share one encoding.</param>
    /// <param name="image">The image file: JPEG, PNG or WebP.</param>
    /// <param name="prompt">The prompt, containing <c>&lt;ImageHere&gt;</c> once. A begin-of-text token is prepended, as in training.</param>
    /// <param name="candidates">The candidates, at least one.</param>
    /// <param name="end">Appended to each candidate before tokenization.</param>
    /// <param name="cancellationToken">Abandons the request.</param>
    /// <returns>One result per candidate, in order.</returns>
    /// <exception cref="ArgumentException">The prompt does not contain the image exactly once, or a candidate has no token.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public async Task<ImmutableArray<CandidateLikelihood>> RankAsync(
        string imageDigest, ReadOnlyMemory<byte> image, string prompt, IReadOnlyList<string> candidates, string end, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ImagePrompt tokens = WithBegin(Tokenize(prompt));
        ImmutableArray<ImmutableArray<int>> continuations = [.. candidates.Select(c => _model.Tokenizer.Encode(c + end).ToImmutableArray())];
        if (continuations.IsEmpty || continuations.Any(c => c.IsEmpty))
            throw new ArgumentException(
                "Ranking needs at least one candidate, each with at least one token. Give a non-empty candidate or end.", nameof(candidates));

        PreparedImage prepared = await _images.PrepareAsync(imageDigest, image).ConfigureAwait(false);
        var work = new RankingWork(prepared, tokens, _facts, continuations, cancellationToken);
        Submit(work);
        ImmutableArray<double> sums = await work.Result.ConfigureAwait(false);
        return [.. sums.Select((sum, i) => new CandidateLikelihood(sum, continuations[i].Length))];
    }

    /// <summary>Finishes the requests in flight and disposes the model.</summary>
    public async ValueTask DisposeAsync()
    {
        _arriving.CompleteAdding();
        await _stopped.Task.ConfigureAwait(false);
        _arriving.Dispose();
        _model.Dispose();
    }

    // Phi-2 uses one token for begin-of-text, end-of-text and padding.
    private ImagePrompt WithBegin(ImagePrompt prompt) => prompt with { Before = prompt.Before.Insert(0, _model.Tokenizer.EndOfTextId) };

    private ImagePrompt Tokenize(string prompt)
    {
        string[] pieces = prompt.Split(ImagePlace);
        return pieces.Length == 2
            ? new ImagePrompt([.. _model.Tokenizer.Encode(pieces[0])], [.. _model.Tokenizer.Encode(pieces[1])])
            : throw new ArgumentException(
                $"A prompt must contain {ImagePlace} exactly once; found it {pieces.Length - 1} times in '{prompt}'.", nameof(prompt));
    }

    private Task<GeneratedTokens> SubmitAsync(
        PreparedImage image, ImagePrompt prompt, ImmutableArray<int> firstTokens, DecodingOptions decoding, CancellationToken cancellationToken)
    {
        ModelFacts facts = _facts with { EndToken = decoding.EndToken ?? _facts.EndToken, FirstTokens = firstTokens };
        if (decoding.NumBeams > 1)
        {
            var search = new BeamSearchWork(image, prompt, facts, decoding, cancellationToken);
            Submit(search);
            return search.Result;
        }

        var generation = new GenerationWork(image, prompt, facts, decoding, cancellationToken);
        Submit(generation);
        return generation.Result;
    }

    private void Submit(SequenceWork work)
    {
        try
        {
            _arriving.Add(work);
        }
        catch (InvalidOperationException e)
        {
            work.Dispose();
            throw new ObjectDisposedException("The engine is shutting down and accepts no more requests.", e);
        }
    }

    private void RunLoop()
    {
        set_num_threads(_options.Threads); // per thread, like inference mode
        using (inference_mode())
        using (var steps = new EngineSteps(new ModelRunner(_model.Network, _options.Threads), _vectors, _options))
        {
            while (Arrive(steps))
                steps.RunOne();
        }

        _stopped.SetResult();
    }

    // Blocks only when idle; false when idle and no more requests can arrive.
    private bool Arrive(EngineSteps steps)
    {
        if (steps.IsIdle && !_arriving.IsCompleted && _arriving.TryTake(out SequenceWork? first, Timeout.Infinite))
            steps.Add(first);
        while (steps.FreePlaces > 0 && _arriving.TryTake(out SequenceWork? work))
            steps.Add(work);
        return !steps.IsIdle;
    }
}

/// <summary>A generated answer.</summary>
/// <param name="Text">The text that the original's generate call returns; not cut at <c>###</c>.</param>
/// <param name="TokenIds">The new tokens, including the end token if generated.</param>
/// <param name="Ended">Whether the end token was generated within the limit.</param>
/// <param name="FirstWords">The probability that the answer begins with each of <see cref="DecodingOptions.FirstWords"/>, in order.</param>
public sealed record GeneratedAnswer(string Text, ImmutableArray<int> TokenIds, bool Ended, ImmutableArray<double> FirstWords);

/// <summary>The log-likelihood of a candidate.</summary>
/// <param name="LogLikelihood">The sum of its tokens' log-likelihoods.</param>
/// <param name="Tokens">Number of tokens.</param>
public sealed record CandidateLikelihood(double LogLikelihood, int Tokens);
