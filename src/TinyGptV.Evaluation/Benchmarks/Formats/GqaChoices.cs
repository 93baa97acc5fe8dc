using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// GQA's file of choices: for each question the answers that are valid and those that are plausible. Equal lists become the same object, because most questions
/// of a kind have the same.
/// </summary>
internal sealed class GqaChoices
{
    /// <summary>What is allowed, whatever the file says, for questions for something that things have in common.</summary>
    private static readonly ImmutableArray<string> Common = ["color", "material", "shape"];

    private readonly Dictionary<string, (ImmutableArray<string> Valid, ImmutableArray<string> Plausible)> _byQuestion = [];

    /// <exception cref="PrerequisiteException">The file is no object of questions, or a record of it is malformed.</exception>
    public static async ValueTask<GqaChoices> ReadAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException($"{file.Name}: expected an object keyed by question, found a list. Get the file from GQA's eval.zip again.");
        GqaChoices choices = new();
        Dictionary<string, ImmutableArray<string>> known = new(StringComparer.Ordinal);
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.Keyed, cancellationToken).ConfigureAwait(false))
            choices._byQuestion[record.Key] = (Known(known, record.Texts("valid")), Known(known, record.Texts("plausible")));
        return choices;
    }

    /// <summary>The context of a question with what it may be answered.</summary>
    /// <param name="context">What is known of the question.</param>
    /// <param name="question">The question's record.</param>
    /// <param name="detailedType">Its detailed type; null if that is not known.</param>
    /// <returns>The context with both lists.</returns>
    /// <exception cref="PrerequisiteException">The question counts, and the file does not have it.</exception>
    public GqaContext AddTo(GqaContext context, AnnotationRecord question, string? detailedType)
    {
        if (detailedType?.Contains("Common", StringComparison.Ordinal) is true)
            return context with { Valid = Common, Plausible = Common };
        if (_byQuestion.TryGetValue(question.Key, out var choices))
            return context with { Valid = choices.Valid, Plausible = choices.Plausible };
        return question.OptionalFlag("isBalanced") is false ? context : throw question.Malformed(
            "the file of choices does not have the question; it belongs to another split. Take it away, or give that of this split");
    }

    private static ImmutableArray<string> Known(Dictionary<string, ImmutableArray<string>> known, ImmutableArray<string> list)
    {
        string key = string.Join('\n', list);
        if (known.TryGetValue(key, out ImmutableArray<string> same))
            return same;
        known.Add(key, list);
        return list;
    }
}
