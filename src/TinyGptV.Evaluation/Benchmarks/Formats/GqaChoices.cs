using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// GQA's choices file: the valid and the plausible answers to each question. Equal lists share one object, because most questions of a kind have the same list.
/// </summary>
internal sealed class GqaChoices
{
    /// <summary>The answers to questions about what objects have in common, whatever the file says.</summary>
    private static readonly ImmutableArray<string> Common = ["color", "material", "shape"];

    private readonly Dictionary<string, (ImmutableArray<string> Valid, ImmutableArray<string> Plausible)> _byQuestion = [];

    /// <exception cref="PrerequisiteException">The file is not an object of questions, or a record is malformed.</exception>
    public static async ValueTask<GqaChoices> ReadAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException($"{file.Name}: expected an object keyed by question, found a list. Extract it from GQA's eval.zip again.");
        GqaChoices choices = new();
        Dictionary<string, ImmutableArray<string>> known = new(StringComparer.Ordinal);
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.Keyed, cancellationToken).ConfigureAwait(false))
            choices._byQuestion[record.Key] = (Known(known, record.Texts("valid")), Known(known, record.Texts("plausible")));
        return choices;
    }

    /// <summary>Adds a question's valid and plausible answers to its context.</summary>
    /// <param name="context">The context so far.</param>
    /// <param name="question">The question's record.</param>
    /// <param name="detailedType">Its detailed type; null if unknown.</param>
    /// <returns>The context with both lists.</returns>
    /// <exception cref="PrerequisiteException">The question counts and is missing from the file.</exception>
    public GqaContext AddTo(GqaContext context, AnnotationRecord question, string? detailedType)
    {
        if (detailedType?.Contains("Common", StringComparison.Ordinal) is true)
            return context with { Valid = Common, Plausible = Common };
        if (_byQuestion.TryGetValue(question.Key, out var choices))
            return context with { Valid = choices.Valid, Plausible = choices.Plausible };
        return question.OptionalFlag("isBalanced") is false ? context : throw question.Malformed(
            "the choices file lacks this question, so it belongs to another split. Remove it, or supply the file of this split");
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
