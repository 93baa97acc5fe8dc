using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Models;

/// <summary>Why decoding ended.</summary>
public enum StopReason
{
    /// <summary>The limit of new tokens was reached.</summary>
    Length,

    /// <summary>The end-of-sequence token was generated.</summary>
    EndOfSequence,
}

/// <summary>An uncut answer: scoring modes cut it as their scripts do, so that one run serves all of them.</summary>
/// <param name="Text">The decoded text as the original's generate call returns it; not cut at <c>###</c>.</param>
/// <param name="TokenIds">The generated tokens, the end-of-sequence token included if it was generated.</param>
/// <param name="StopReason">Why decoding ended.</param>
public sealed record Generation(string Text, ImmutableArray<int> TokenIds, StopReason StopReason)
{
    /// <summary>
    /// The probability, 0 to 1, that the answer begins with a word, for each of <see cref="GenerationRequest.FirstWords"/>. Null if none was requested, and in
    /// predictions of older versions.
    /// </summary>
    public ImmutableSortedDictionary<string, double>? FirstWords { get; init; }

    /// <summary>How likely the answer was to begin with some words rather than others.</summary>
    /// <param name="these">Some of the requested words.</param>
    /// <param name="others">Others of them.</param>
    /// <returns>The probability of the first set given either set; 0.5 if neither can begin the answer, null if unknown.</returns>
    public double? Prefers(ImmutableArray<string> these, ImmutableArray<string> others)
    {
        if (FirstWords is not { } known || !these.All(known.ContainsKey) || !others.All(known.ContainsKey))
            return null;
        double wanted = these.Sum(word => known[word]);
        double all = wanted + others.Sum(word => known[word]);
        return all > 0 ? wanted / all : 0.5;
    }
}
