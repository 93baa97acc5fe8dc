using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>
/// GQA questions: Stanford's object keyed by question id, or the list into which LAVIS converted it and which the original's
/// scripts read. Question types exist in the former only.
/// </summary>
internal static class GqaAnnotations
{
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        bool stanford = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        RecordLayout layout = stanford ? RecordLayout.Keyed : RecordLayout.List;
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(layout, cancellationToken).ConfigureAwait(false))
            samples.Add(record, stanford ? FromStanford(record) : FromLavis(record, split));
        return samples.ToImmutable(file);
    }

    private static Sample FromStanford(AnnotationRecord record) => new()
    {
        Id = new SampleId(record.Key),
        Image = new ImageReference(record.Text("imageId") + ".jpg"),
        Question = record.Text("question"),
        Target = record.Text("answer"),
        Slices = [.. from kind in (string[])["structural", "semantic", "detailed"]
                     let type = record.OptionalText("types", kind)
                     where type is not null
                     select new Slice(kind, type)],
        CountsOfficially = record.OptionalFlag("isBalanced") is false ? false : null,
    };

    private static Sample FromLavis(AnnotationRecord record, string split) => new()
    {
        Id = new SampleId(record.OptionalIdentity("question_id") ?? string.Create(CultureInfo.InvariantCulture, $"{split}:{record.Position}")),
        Image = new ImageReference(record.Text("image")),
        Question = record.Text("question"),
        Target = record.Text("answer"),
    };
}
