using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>Hateful Memes: JSON lines as published, or one list of the same records. The prompt quotes the text on the image.</summary>
internal static class HatefulMemesAnnotations
{
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        bool lines = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(lines ? RecordLayout.Lines : RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToSample(record));
        return samples.ToImmutable(file);
    }

    private static Sample ToSample(AnnotationRecord record) => new()
    {
        Id = new SampleId(record.Identity("id")),
        Image = new ImageReference(record.Text("img")),
        Question = record.TextOrEmpty("text"),
        Target = !record.Has("label") ? throw record.WithoutTruth("label") : record.Index("label", last: 1) == 1 ? "yes" : "no",
    };
}
