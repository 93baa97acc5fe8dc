using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Models;

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
