using System.Collections.Immutable;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>An answer as a file gives it. Exactly one of <see cref="Generation"/> and <see cref="Ranking"/> is set, but for the index of a choice, of which the sample says what it means.</summary>
public sealed record SubmittedAnswer
{
    /// <summary>The sample's id, as the file writes it.</summary>
    public required string Id { get; init; }

    /// <summary>A text, with the probabilities of first words if the file gives them.</summary>
    public Generation? Generation { get; init; }

    /// <summary>Likelihoods of choices.</summary>
    public ChoiceRanking? Ranking { get; init; }

    /// <summary>The index of a choice, where nothing is known of likelihoods.</summary>
    public int? Choice { get; init; }

    internal static SubmittedAnswer OfText(string id, string text) => new() { Id = id, Generation = GenerationOf(text) };

    internal static Generation GenerationOf(string text) => new(text, [], StopReason.EndOfSequence);

    /// <summary>Likelihoods that say nothing but which choice was taken: 0 for that one, -1 for the others.</summary>
    internal static ChoiceRanking Taken(int choice, int choices) =>
        new([.. Enumerable.Range(0, choices).Select(index => new ChoiceLikelihood(index == choice ? 0 : -1, Tokens: 1))]);

    internal static ImmutableSortedDictionary<string, double> FirstWordsOf(double yes) =>
        ImmutableSortedDictionary<string, double>.Empty.Add("yes", yes).Add("no", 1 - yes);
}
