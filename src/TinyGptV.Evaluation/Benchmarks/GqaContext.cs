using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>What GQA's own evaluation has to know of a question beside its answer.</summary>
public sealed record GqaContext
{
    /// <summary>The group of questions over which the answers' distribution is compared, for example <c>color</c>; null if the question is in none.</summary>
    public string? Group { get; init; }

    /// <summary>The other questions whose answers follow from this one's, of this set or not.</summary>
    public ImmutableArray<SampleId> Entailed { get; init; } = [];

    /// <summary>All answers that have a sense for the question; null if there is no file of choices.</summary>
    public ImmutableArray<string>? Valid { get; init; }

    /// <summary>All answers that occur in the world for the question; null if there is no file of choices.</summary>
    public ImmutableArray<string>? Plausible { get; init; }
}
