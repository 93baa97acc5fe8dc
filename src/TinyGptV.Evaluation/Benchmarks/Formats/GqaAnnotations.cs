using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// GQA questions: Stanford's object keyed by question id, or the LAVIS list that the original scripts read. Only the former has question
/// types, programs and entailed questions. Choices come from an optional second file.
/// </summary>
internal static class GqaAnnotations
{
    private const string StructuralType = "structural";
    private const string SemanticType = "semantic";
    private const string DetailedType = "detailed";

    /// <summary>Program steps that the official evaluation does not count.</summary>
    private static readonly ImmutableArray<string> NoSteps = ["exist", "query: name", "choose name"];

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        AnnotationFile file, Func<AnnotationFile?> openChoices, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        bool stanford = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        GqaChoices? choices = stanford && openChoices() is { } choicesFile
            ? await GqaChoices.ReadAsync(choicesFile, cancellationToken).ConfigureAwait(false)
            : null;
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(stanford ? RecordLayout.Keyed : RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, stanford ? FromStanford(record, choices) : FromLavis(record, split));
        return samples.ToImmutable(file);
    }

    private static Sample FromStanford(AnnotationRecord record, GqaChoices? choices) => new()
    {
        Id = new SampleId(record.Key),
        Image = new ImageReference(record.Text("imageId") + ".jpg"),
        Question = record.Text("question"),
        Target = record.Text("answer"),
        Slices =
        [
            .. from kind in (string[])[StructuralType, SemanticType, DetailedType]
               let type = record.OptionalText("types", kind)
               where type is not null
               select new Slice(kind, type),
            Words(record.Text("question")),
            .. Steps(record),
        ],
        Gqa = ContextOf(record, choices),
        CountsOfficially = record.OptionalFlag("isBalanced") is false ? false : null,
    };

    private static Sample FromLavis(AnnotationRecord record, string split) => new()
    {
        Id = new SampleId(record.OptionalIdentity("question_id") ?? string.Create(CultureInfo.InvariantCulture, $"{split}:{record.Position}")),
        Image = new ImageReference(record.Text("image")),
        Question = record.Text("question"),
        Target = record.Text("answer"),
        Slices = [Words(record.Text("question"))],
    };

    private static GqaContext? ContextOf(AnnotationRecord record, GqaChoices? choices)
    {
        GqaContext context = new()
        {
            Group = record.OptionalText("groups", "global"),
            Entailed = record.Has("entailed") ? [.. record.Texts("entailed").Where(id => id != record.Key).Select(id => new SampleId(id))] : [],
        };
        context = choices?.AddTo(context, record, record.OptionalText("types", DetailedType)) ?? context;
        return context is { Group: null, Entailed: [], Valid: null } ? null : context;
    }

    private static Slice Words(string question) => Slice.OfNumber("words", PythonText.Split(question).Count());

    private static IEnumerable<Slice> Steps(AnnotationRecord record)
    {
        if (!record.Has("semantic"))
            yield break;
        yield return Slice.OfNumber("steps", record.Records("semantic")
            .Select(step => $"{step.TextOrEmpty("operation")}: {step.TextOrEmpty("argument")}")
            .Count(step => !NoSteps.Any(part => step.Contains(part, StringComparison.Ordinal))));
    }
}
