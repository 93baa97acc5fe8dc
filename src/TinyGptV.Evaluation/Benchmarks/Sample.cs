using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>One question of a benchmark with its reference answer.</summary>
public sealed record Sample
{
    /// <summary>The identity of the sample inside its benchmark.</summary>
    public required SampleId Id { get; init; }

    /// <summary>The image that the question is about.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>The text that replaces <c>{question}</c> in the prompt template: a question (GQA, IconQA) or a statement (VSR).</summary>
    public required string Question { get; init; }

    /// <summary>
    /// The reference answer: the answer text (GQA), <c>true</c> or <c>false</c> (VSR), the zero-based index of the right choice as
    /// a decimal number (IconQA).
    /// </summary>
    public required string Target { get; init; }

    /// <summary>The candidate answers of a multiple-choice question in official order; empty for open questions.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>
    /// What the sample is counted under besides the whole benchmark, for example <c>structural: query</c> (GQA),
    /// <c>relation: under</c> (VSR), <c>skill: counting</c> (IconQA). A kind may occur more than once.
    /// </summary>
    public ImmutableArray<Slice> Slices { get; init; } = [];
}

/// <summary>A named part of a benchmark for which a metric is reported on its own.</summary>
/// <param name="Kind">What the benchmark is divided by, for example <c>relation</c>.</param>
/// <param name="Name">The part, for example <c>under</c>.</param>
public readonly record struct Slice(string Kind, string Name)
{
    /// <inheritdoc />
    public override string ToString() => $"{Kind}: {Name}";
}
