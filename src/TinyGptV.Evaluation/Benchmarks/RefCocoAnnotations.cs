using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>
/// RefCOCO, RefCOCO+ and RefCOCOg: the list that was prepared for MiniGPT-v2, one record for each expression. <c>img_id</c> names the thing and not the
/// expression, and even the same expression for the same thing occurs twice, so split and position stand for a record.
/// </summary>
internal static class RefCocoAnnotations
{
    /// <summary>The length of <c>COCO_train2014_000000580957</c>: what follows it in <c>img_id</c> is the number of the thing.</summary>
    private const int ImageNameLength = 27;

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, string split, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected the list that was prepared for MiniGPT-v2, found an object. Get the file as the benchmark's README describes.");
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToSample(record, split, ReadBox(record)));
        return samples.ToImmutable(file);
    }

    private static Sample ToSample(AnnotationRecord record, string split, ReferenceBox box) => new()
    {
        Id = new SampleId(string.Create(CultureInfo.InvariantCulture, $"{split}:{record.Position}")),
        Image = record.Text("img_id") is { Length: >= ImageNameLength } thing
            ? new ImageReference(thing[..ImageNameLength] + ".jpg")
            : throw record.Malformed($"field 'img_id': expected at least {ImageNameLength} characters, found '{record.Text("img_id")}'"),
        Question = record.Text("sents"),
        Target = AsTheModelWritesIt(box),
        Box = box,
        Slices = [new Slice("box", SizeOf(box))],
    };

    private static ReferenceBox ReadBox(AnnotationRecord record)
    {
        ImmutableArray<double> sides = record.Numbers("bbox", 4, least: 0);
        return new ReferenceBox(sides[0], sides[1], sides[2], sides[3], record.Size("width"), record.Size("height"));
    }

    /// <summary>Percent of the image's sides, cut off, as the original's training data give them.</summary>
    private static string AsTheModelWritesIt(ReferenceBox box)
    {
        static int Percent(double pixels, int of) => (int)(pixels / of * 100);
        (int left, int top) = (Percent(box.X, box.ImageWidth), Percent(box.Y, box.ImageHeight));
        (int right, int bottom) = (Percent(box.X + box.Width, box.ImageWidth), Percent(box.Y + box.Height, box.ImageHeight));
        return string.Create(CultureInfo.InvariantCulture, $"{{<{left}><{top}><{right}><{bottom}>}}");
    }

    /// <summary>COCO's three sizes of things.</summary>
    private static string SizeOf(ReferenceBox box) => (box.Width * box.Height) switch
    {
        < 32 * 32 => "small, below 32 x 32",
        < 96 * 96 => "medium",
        _ => "large, from 96 x 96",
    };
}
