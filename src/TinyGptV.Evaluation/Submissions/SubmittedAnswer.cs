using System.Collections.Immutable;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>An answer from a file. Exactly one of <see cref="Generation"/>, <see cref="Ranking"/> and <see cref="Choice"/> is set.</summary>
public sealed record SubmittedAnswer
{
    /// <summary>The sample's id as in the file.</summary>
    public required string Id { get; init; }

    /// <summary>A text, with the probabilities of first words if given.</summary>
    public Generation? Generation { get; init; }

    /// <summary>Likelihoods of choices.</summary>
    public ChoiceRanking? Ranking { get; init; }

    /// <summary>The index of a choice, if there are no likelihoods.</summary>
    public int? Choice { get; init; }

    /// <summary>The sample's number, if the file numbers samples and <see cref="Id"/> may be only that; null if the id is a true one.</summary>
    internal int? Number { get; init; }

    /// <summary>What the system was asked, if the file says it.</summary>
    internal string? Asked { get; init; }

    /// <summary>The reference answers in the file.</summary>
    internal ImmutableArray<string> References { get; init; } = [];

    /// <summary>The filter of a harness that made this answer of the response; null if none.</summary>
    internal string? Filter { get; init; }

    internal static SubmittedAnswer OfText(string id, string text) => new() { Id = id, Generation = GenerationOf(text) };

    internal static Generation GenerationOf(string text) => new(text, [], StopReason.EndOfSequence);

    /// <summary>Placeholder likelihoods for a choice: 0 for the chosen one, -1 for the others.</summary>
    internal static ChoiceRanking Taken(int choice, int choices) =>
        new([.. Enumerable.Range(0, choices).Select(index => new ChoiceLikelihood(index == choice ? 0 : -1, Tokens: 1))]);

    internal static ImmutableSortedDictionary<string, double> FirstWordsOf(double yes) =>
        ImmutableSortedDictionary<string, double>.Empty.Add("yes", yes).Add("no", 1 - yes);
}
