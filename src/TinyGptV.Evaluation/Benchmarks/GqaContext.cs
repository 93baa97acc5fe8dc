using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>What GQA's evaluation needs to know about a question besides its answer.</summary>
public sealed record GqaContext
{
    /// <summary>The question group for the distribution metric, for example <c>color</c>; null if none.</summary>
    public string? Group { get; init; }

    /// <summary>Other questions whose answers follow from this one's, in this set or not.</summary>
    public ImmutableArray<SampleId> Entailed { get; init; } = [];

    /// <summary>The valid answers; null without a choices file.</summary>
    public ImmutableArray<string>? Valid { get; init; }

    /// <summary>The plausible answers; null without a choices file.</summary>
    public ImmutableArray<string>? Plausible { get; init; }
}
