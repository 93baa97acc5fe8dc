using System.Collections.Concurrent;
using System.Collections.Immutable;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Engine.Decoding;
using TinyGptV.Model.Vision;
using static TorchSharp.torch;

namespace TinyGptV.Model.Engine;

/// <summary>
/// Answers requests about images. Requests come from any thread and are batched as they arrive; one thread of its own, the only one
/// that touches the model, takes them through the steps: image encoded once, prompt, one token at a time, sequences joining and
/// leaving between steps.
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
    /// <param name="options">How the machine is used.</param>
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

    /// <summary>How many requests should be in flight for full speed.</summary>
    public int PreferredConcurrency => 2 * _options.MaxBatch;

    /// <summary>Answers a prompt, as the original's generate call.</summary>
    /// <param name="imageDigest">Identifies the image's bytes; requests with equal digests share one encoding.</param>
    /// <param name="image">The image file: JPEG, PNG or WebP.</param>
    /// <param name="prompt">The prompt with <c>&lt;ImageHere&gt;</c> once.</param>
    /// <param name="decoding">How tokens are chosen, and how many at most.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The answer, uncut.</returns>
    /// <exception cref="ArgumentException">The prompt does not hold the image exactly once.</exception>
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

    /// <summary>Computes how likely each candidate is after a prompt, as the original's multi_select with per-candidate means.</summary>
    /// <param name="imageDigest">Identifies the image's bytes; requests with equal digests share one encoding.</param>
    /// <param name="image">The image file: JPEG, PNG or WebP.</param>
    /// <param name="prompt">The prompt with <c>&lt;ImageHere&gt;</c> once. The begin token is put in front of it, as the training forward does.</param>
    /// <param name="candidates">The candidates, at least one.</param>
    /// <param name="end">Appended to each candidate before it is tokenised.</param>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>One likelihood for each candidate, in order.</returns>
    /// <exception cref="ArgumentException">The prompt does not hold the image exactly once, or a candidate has no token.</exception>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    public async Task<ImmutableArray<CandidateLikelihood>> RankAsync(
        string imageDigest, ReadOnlyMemory<byte> image, string prompt, IReadOnlyList<string> candidates, string end, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ImagePrompt tokens = WithBegin(Tokenize(prompt));
        ImmutableArray<ImmutableArray<int>> continuations = [.. candidates.Select(c => _model.Tokenizer.Encode(c + end).ToImmutableArray())];
        if (continuations.IsEmpty || continuations.Any(c => c.IsEmpty))
            throw new ArgumentException("Ranking needs at least one candidate, and at least one token in each; give a non-empty candidate or end.", nameof(candidates));

        PreparedImage prepared = await _images.PrepareAsync(imageDigest, image).ConfigureAwait(false);
        var work = new RankingWork(prepared, tokens, _facts, continuations, cancellationToken);
        Submit(work);
        ImmutableArray<double> sums = await work.Result.ConfigureAwait(false);
        return [.. sums.Select((sum, i) => new CandidateLikelihood(sum, continuations[i].Length))];
    }

    /// <summary>Finishes what is in flight and frees the model.</summary>
    public async ValueTask DisposeAsync()
    {
        _arriving.CompleteAdding();
        await _stopped.Task.ConfigureAwait(false);
        _arriving.Dispose();
        _model.Dispose();
    }

    // Begin, end and padding are one token here.
    private ImagePrompt WithBegin(ImagePrompt prompt) => prompt with { Before = prompt.Before.Insert(0, _model.Tokenizer.EndOfTextId) };

    private ImagePrompt Tokenize(string prompt)
    {
        string[] pieces = prompt.Split(ImagePlace);
        return pieces.Length == 2
            ? new ImagePrompt([.. _model.Tokenizer.Encode(pieces[0])], [.. _model.Tokenizer.Encode(pieces[1])])
            : throw new ArgumentException($"A prompt holds {ImagePlace} exactly once; found it {pieces.Length - 1} times in '{prompt}'.", nameof(prompt));
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
            throw new ObjectDisposedException("The engine is shutting down and takes no more requests.", e);
        }
    }

    private void RunLoop()
    {
        set_num_threads(_options.Threads); // holds for this thread only, like inference mode
        using (inference_mode())
        using (var steps = new EngineSteps(new ModelRunner(_model.Network, _options.Threads), _vectors, _options))
        {
            while (Arrive(steps))
                steps.RunOne();
        }

        _stopped.SetResult();
    }

    // Blocks only when there is nothing to do; false when there is nothing to do and nothing will come.
    private bool Arrive(EngineSteps steps)
    {
        if (steps.IsIdle && !_arriving.IsCompleted && _arriving.TryTake(out SequenceWork? first, Timeout.Infinite))
            steps.Add(first);
        while (steps.FreePlaces > 0 && _arriving.TryTake(out SequenceWork? work))
            steps.Add(work);
        return !steps.IsIdle;
    }
}

/// <summary>An answer as decoded.</summary>
/// <param name="Text">What the original's generate call returns for the tokens; not cut at <c>###</c>.</param>
/// <param name="TokenIds">The new tokens, the end token included if it came.</param>
/// <param name="Ended">Whether the end token came before the limit.</param>
/// <param name="FirstWords">The probability of each of <see cref="DecodingOptions.FirstWords"/> to begin the answer, in their order.</param>
public sealed record GeneratedAnswer(string Text, ImmutableArray<int> TokenIds, bool Ended, ImmutableArray<double> FirstWords);

/// <summary>How likely a candidate is.</summary>
/// <param name="LogLikelihood">The sum of its tokens' natural log-likelihoods.</param>
/// <param name="Tokens">How many tokens that are.</param>
public sealed record CandidateLikelihood(double LogLikelihood, int Tokens);
