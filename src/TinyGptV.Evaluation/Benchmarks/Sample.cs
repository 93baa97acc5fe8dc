using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>One question of a benchmark with its reference answer.</summary>
public sealed record Sample
{
    /// <summary>The sample's id within its benchmark.</summary>
    public required SampleId Id { get; init; }

    /// <summary>The image.</summary>
    public required ImageReference Image { get; init; }

    /// <summary>
    /// The text for <c>{question}</c> in the prompt template: a question (GQA, IconQA, VizWiz, VQAv2, OK-VQA), a statement (VSR), a meme's text
    /// (Hateful Memes) or a referring expression (RefCOCO).
    /// </summary>
    public required string Question { get; init; }

    /// <summary>
    /// The reference answer: the answer text (GQA), <c>true</c> or <c>false</c> (VSR), the zero-based index of the right choice as
    /// a decimal number (IconQA), <c>yes</c> or <c>no</c> (Hateful Memes), the most frequent answer (VizWiz, VQAv2, OK-VQA), the box as the model
    /// writes it (RefCOCO).
    /// </summary>
    public required string Target { get; init; }

    /// <summary>All annotators' answers in file order, at least one; null if <see cref="Target"/> is the only answer.</summary>
    public ImmutableArray<ReferenceAnswer>? Answers { get; init; }

    /// <summary>The box of the object the question names; null unless the benchmark asks for boxes.</summary>
    public ReferenceBox? Box { get; init; }

    /// <summary>The candidate answers of a multiple-choice question in official order; empty for open questions.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>
    /// The slices the sample belongs to, for example <c>structural: query</c> (GQA),
    /// <c>relation: under</c> (VSR), <c>skill: counting</c> (IconQA). A kind can occur more than once.
    /// </summary>
    public ImmutableArray<Slice> Slices { get; init; } = [];

    /// <summary>What GQA's evaluation needs besides the answer; null for other benchmarks or if the annotations lack it.</summary>
    public GqaContext? Gqa { get; init; }

    /// <summary>
    /// Whether the official score counts the sample: false for GQA's unbalanced questions. Null if the annotations do not say; the sample then counts.
    /// </summary>
    public bool? CountsOfficially { get; init; }

    /// <summary>The sample's first slice of a kind.</summary>
    /// <param name="kind">The kind of slice.</param>
    /// <returns>The slice's name; null if it has none of this kind.</returns>
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

/// <summary>A named part of a benchmark that gets its own metrics.</summary>
/// <param name="Kind">The kind of slice, for example <c>relation</c>.</param>
/// <param name="Name">The name, for example <c>under</c>.</param>
public readonly record struct Slice(string Kind, string Name)
{
    /// <summary>A slice by a count.</summary>
    /// <param name="kind">What is counted, for example <c>words</c>.</param>
    /// <param name="number">The count.</param>
    /// <returns>The slice.</returns>
    public static Slice OfNumber(string kind, int number) => new(kind, number.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public override string ToString() => $"{Kind}: {Name}";
}
