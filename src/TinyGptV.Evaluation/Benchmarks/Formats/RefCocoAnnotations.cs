using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// RefCOCO, RefCOCO+ and RefCOCOg: the official pickle of references, which <see cref="RefCocoReferences"/> reads, or the list prepared for MiniGPT-v2
/// with one record per expression. In that list <c>img_id</c> names the object, not the expression, and an expression for an object can occur twice,
/// so split and position form the sample id.
/// </summary>
internal static class RefCocoAnnotations
{
    /// <summary>The length of <c>COCO_train2014_000000580957</c>; the rest of <c>img_id</c> is the object number.</summary>
    private const int ImageNameLength = 27;

    /// <summary>The official files have about ten megabytes.</summary>
    private const int LargestFile = 1 << 28;

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        AnnotationFile file, Func<AnnotationFile> openInstances, string split, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> content = await ReadWholeAsync(file, cancellationToken).ConfigureAwait(false);
        return content.Length > 0 && DataPickle.CanBeginWith(content.Span[0])
            ? await RefCocoReferences.ReadAsync(file, content, openInstances(), split, cancellationToken).ConfigureAwait(false)
            : await ReadPreparedAsync(file with { Content = new MemoryStream(content.ToArray(), writable: false) }, split, cancellationToken)
                .ConfigureAwait(false);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadWholeAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using Stream content = file.Content;
        using MemoryStream whole = new();
        byte[] portion = new byte[1 << 16];
        int read;
        while ((read = await content.ReadAsync(portion, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (whole.Length + read > LargestFile)
                throw new PrerequisiteException(
                    $"{file.Name}: expected at most {LargestFile >> 20} MiB, found more. Download the file again; see the benchmark's README.");
            whole.Write(portion, 0, read);
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private static async ValueTask<ImmutableArray<Sample>> ReadPreparedAsync(AnnotationFile file, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected the list prepared for MiniGPT-v2, found an object. See the benchmark's README for where to get it.");
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToSample(record, split, ReadBox(record)));
        return samples.ToImmutable(file);
    }

    private static Sample ToSample(AnnotationRecord record, string split, ReferenceBox box) => RefCocoSamples.Create(
        new SampleId(string.Create(CultureInfo.InvariantCulture, $"{split}:{record.Position}")),
        record.Text("img_id") is { Length: >= ImageNameLength } thing
            ? new ImageReference(thing[..ImageNameLength] + ".jpg")
            : throw record.Malformed($"field 'img_id': expected at least {ImageNameLength} characters, found '{record.Text("img_id")}'"),
        record.Text("sents"),
        box);

    private static ReferenceBox ReadBox(AnnotationRecord record)
    {
        ImmutableArray<double> sides = record.Numbers("bbox", 4, least: 0);
        return new ReferenceBox(sides[0], sides[1], sides[2], sides[3], record.Size("width"), record.Size("height"));
    }
}
