using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>One question of a benchmark with its reference answer.</summary>
public sealed record Sample
{
    /// <summary>The identity of the sample inside its benchmark.</summary>
    public required SampleId Id { get; init; }

    /// <summary>The image that the question is about.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>
    /// The text that replaces <c>{question}</c> in the prompt template: a question (GQA, IconQA, VizWiz, VQAv2, OK-VQA), a statement (VSR), a meme's text
    /// (Hateful Memes) or an expression that names a thing (RefCOCO).
    /// </summary>
    public required string Question { get; init; }

    /// <summary>
    /// The reference answer: the answer text (GQA), <c>true</c> or <c>false</c> (VSR), the zero-based index of the right choice as
    /// a decimal number (IconQA), <c>yes</c> or <c>no</c> (Hateful Memes), the answer that most annotators gave (VizWiz, VQAv2, OK-VQA), the box as the model
    /// writes it (RefCOCO).
    /// </summary>
    public required string Target { get; init; }

    /// <summary>All annotators' answers in file order, at least one; null where there is only the one in <see cref="Target"/>.</summary>
    public ImmutableArray<ReferenceAnswer>? Answers { get; init; }

    /// <summary>The box around the thing that the question names; null unless the benchmark asks for boxes.</summary>
    public ReferenceBox? Box { get; init; }

    /// <summary>The candidate answers of a multiple-choice question in official order; empty for open questions.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>
    /// What the sample is counted under besides the whole benchmark, for example <c>structural: query</c> (GQA),
    /// <c>relation: under</c> (VSR), <c>skill: counting</c> (IconQA). A kind may occur more than once.
    /// </summary>
    public ImmutableArray<Slice> Slices { get; init; } = [];

    /// <summary>What GQA's own evaluation has to know of the question beside its answer; null for other benchmarks, and where the annotations say nothing.</summary>
    public GqaContext? Gqa { get; init; }

    /// <summary>
    /// Whether the benchmark's own score counts the sample: false for GQA's unbalanced questions. Null where the annotations make no difference, and counts.
    /// </summary>
    public bool? CountsOfficially { get; init; }

    /// <summary>The sample's part of a kind.</summary>
    /// <param name="kind">What the benchmark is divided by.</param>
    /// <returns>The first part's name; null if it has none of this kind.</returns>
    public string? PartOf(string kind)
    {
        foreach (Slice slice in Slices)
        {
            if (slice.Kind == kind)
                return slice.Name;
        }

        return null;
    }
}

/// <summary>A named part of a benchmark for which a metric is reported on its own.</summary>
/// <param name="Kind">What the benchmark is divided by, for example <c>relation</c>.</param>
/// <param name="Name">The part, for example <c>under</c>.</param>
public readonly record struct Slice(string Kind, string Name)
{
    /// <summary>The part of the samples that have a certain number of something.</summary>
    /// <param name="kind">What is counted, for example <c>words</c>.</param>
    /// <param name="number">How many there are.</param>
    /// <returns>The part.</returns>
    public static Slice OfNumber(string kind, int number) => new(kind, number.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public override string ToString() => $"{Kind}: {Name}";
}
