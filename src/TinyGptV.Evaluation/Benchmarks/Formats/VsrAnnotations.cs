using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// VSR statements: JSON lines as published, or one list of the same records. A record has no id, so split and line (in a
/// list: position) form it. Votes are a string in the current files and a list in the readme; they are not used.
/// </summary>
internal static class VsrAnnotations
{
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        bool lines = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        RecordLayout layout = lines ? RecordLayout.Lines : RecordLayout.List;
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(layout, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToSample(record, split, lines ? record.Line : record.Position));
        return samples.ToImmutable(file);
    }

    private static Sample ToSample(AnnotationRecord record, string split, int number) => new()
    {
        Id = new SampleId(string.Create(CultureInfo.InvariantCulture, $"{split}:{number}")),
        Image = new ImageReference(record.Text("image")),
        Question = record.Text("caption"),
        Target = record.Index("label", last: 1) == 1 ? "true" : "false",
        Slices = [.. Slices(record.Text("relation"))],
    };

    private static IEnumerable<Slice> Slices(string relation)
    {
        yield return new Slice("relation", relation);
        if (VsrCategories.Of(relation) is { } category)
            yield return new Slice("category", category);
    }
}
