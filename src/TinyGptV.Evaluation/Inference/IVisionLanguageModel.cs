using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Inference;

/// <summary>
/// A vision-language model as the evaluation sees it: the seam between benchmarks and tensors. One request a call; callers ask
/// concurrently and the model batches what is in flight. At the reference precision an answer depends on its request alone, to the last
/// bit, never on its neighbours.
/// </summary>
public interface IVisionLanguageModel
{
    /// <summary>What identifies the numbers this model makes: two models with equal identities give equal answers.</summary>
    ModelIdentity Identity { get; }

    /// <summary>How many requests should be in flight at once for full speed; at least 1.</summary>
    int PreferredConcurrency { get; }

    /// <summary>Answers a prompt about an image by greedy decoding.</summary>
    /// <param name="request">Image, prompt and limit.</param>
    /// <param name="cancellationToken">Gives the request up; its work is dropped at the next step.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    ValueTask<Generation> GenerateAsync(GenerationRequest request, CancellationToken cancellationToken);

    /// <summary>Computes how likely each candidate answer is.</summary>
    /// <param name="request">Image, prompt and candidates.</param>
    /// <param name="cancellationToken">Gives the request up; its work is dropped at the next step.</param>
    /// <returns>One likelihood for each candidate, in the order of the request.</returns>
    /// <exception cref="InvalidDataException">The image cannot be decoded.</exception>
    ValueTask<ChoiceRanking> RankAsync(RankingRequest request, CancellationToken cancellationToken);
}

/// <summary>A prompt about an image, to be answered.</summary>
/// <param name="Image">The image file.</param>
/// <param name="Prompt">The whole prompt with <c>&lt;ImageHere&gt;</c> once, where the image vectors go.</param>
/// <param name="MaxNewTokens">The largest number of generated tokens; at least 1.</param>
public sealed record GenerationRequest(EncodedImage Image, string Prompt, int MaxNewTokens)
{
    /// <summary>
    /// Lower-case words for which <see cref="Generation.FirstWords"/> is wanted: the summed probability of the word's spellings, with a capital or not and with
    /// a space in front or not, as far as each is one token. It comes with the answer and changes nothing about it. Default: none.
    /// </summary>
    public ImmutableArray<string> FirstWords { get; init; } = [];
}

/// <summary>A prompt about an image with candidate answers, to be ranked.</summary>
/// <param name="Image">The image file.</param>
/// <param name="Prompt">The whole prompt with <c>&lt;ImageHere&gt;</c> once, where the image vectors go.</param>
/// <param name="Choices">The candidates, at least one.</param>
/// <param name="EndOfChoice">What is appended to every candidate before it is tokenised; may be empty.</param>
public sealed record RankingRequest(EncodedImage Image, string Prompt, ImmutableArray<string> Choices, string EndOfChoice);

/// <summary>What makes the numbers of a model: files, precision and device. Part of the run's manifest.</summary>
public sealed record ModelIdentity
{
    /// <summary>The name shown to people, for example the checkpoint folder's.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 over the digests of all files the model was read from, in lower-case hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>SHA-256 of every file the model was read from, in lower-case hexadecimal, by file name.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Every setting that can change an answer, for example <c>precision: float32</c>, <c>device: cpu</c>, <c>image size: 448</c>.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Equal files and settings. The name does not count.</summary>
    /// <param name="other">The identity to compare with.</param>
    /// <returns>True if both give the same numbers.</returns>
    public bool GivesSameNumbersAs(ModelIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Digest == other.Digest && Settings.SequenceEqual(other.Settings);
    }
}
