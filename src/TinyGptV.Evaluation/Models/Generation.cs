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
    /// The probability, 0 to 1, that the answer begins with a word, for each of <see cref="GenerationRequest.FirstWords"/>. Null if none was asked for, and in
    /// predictions of versions that could not be asked.
    /// </summary>
    public ImmutableSortedDictionary<string, double>? FirstWords { get; init; }

    /// <summary>Whether the answer was more likely to begin with some words than with others, as a number.</summary>
    /// <param name="these">Some of the words that were asked for.</param>
    /// <param name="others">Others of them.</param>
    /// <returns>The probability of the former, given that it is one of both; one half if none of them can begin the answer, null if nothing is known.</returns>
    public double? Prefers(ImmutableArray<string> these, ImmutableArray<string> others)
    {
        if (FirstWords is not { } known || !these.All(known.ContainsKey) || !others.All(known.ContainsKey))
            return null;
        double wanted = these.Sum(word => known[word]);
        double all = wanted + others.Sum(word => known[word]);
        return all > 0 ? wanted / all : 0.5;
    }
}
