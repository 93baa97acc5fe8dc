using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// The official layout of RefCOCO, RefCOCO+ and RefCOCOg: a pickle of references, each to an object in an image with several expressions, and COCO's
/// instances with object boxes and image sizes. The sample id is the expression's number.
/// </summary>
internal static class RefCocoReferences
{
    /// <summary>RefCOCO has 142 thousand in total. A pickle can hold one list many times.</summary>
    private const int MostExpressions = 1_000_000;

    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        AnnotationFile references, ReadOnlyMemory<byte> pickle, AnnotationFile instances, string split, CancellationToken cancellationToken)
    {
        List<Expression> expressions = [.. Expressions(references, pickle, split)];
        if (expressions.Count == 0)
            throw new PrerequisiteException(
                $"{references.Name}: expected references of the split '{split}', found none. Correct \"split\" in benchmark.json, or download the file again.");
        HashSet<string> things = [.. expressions.Select(expression => expression.Thing)];
        HashSet<string> images = [.. expressions.Select(expression => expression.Image)];
        Instances known = await ReadInstancesAsync(instances, things, images, cancellationToken).ConfigureAwait(false);
        SampleCollector samples = new();
        foreach (Expression expression in expressions)
            samples.Add(ToSample(expression, known, instances), expression.Reference.Malformed);
        return samples.ToImmutable(references);
    }

    private static IEnumerable<Expression> Expressions(AnnotationFile file, ReadOnlyMemory<byte> pickle, string split)
    {
        int position = 0;
        int expressions = 0;
        foreach (object value in ReadPickle(file, pickle))
        {
            PickledRecord reference = new(file.Name, ++position, "", value);
            if (reference.Text("split") != split)
                continue;
            foreach (PickledRecord sentence in reference.Records("sentences"))
            {
                if (++expressions > MostExpressions)
                    throw reference.Malformed($"expected at most {MostExpressions} expressions in the file, found more");
                yield return new Expression(
                    reference, sentence.Identity("sent_id"), sentence.Text("sent"), reference.Identity("ann_id"), reference.Identity("image_id"));
            }
        }
    }

    private static List<object> ReadPickle(AnnotationFile file, ReadOnlyMemory<byte> pickle)
    {
        try
        {
            return DataPickle.Read(pickle.Span) as List<object> ?? throw new InvalidDataException("it does not hold a list of references");
        }
        catch (InvalidDataException e)
        {
            throw new PrerequisiteException(
                $"{file.Name}: the pickle is refused: {e.Message}. Download the file again from a source you trust, or use the list prepared for MiniGPT-v2; "
                + "see the benchmark's README.", e);
        }
    }

    private static async ValueTask<Instances> ReadInstancesAsync(
        AnnotationFile file, HashSet<string> things, HashSet<string> images, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected COCO's object of images and annotations, found a list. "
                + "Download the file again; see the benchmark's README.");
        Dictionary<string, ImmutableArray<double>> boxes = [];
        await foreach (AnnotationRecord record in records.ReadMemberAsync("annotations", cancellationToken).ConfigureAwait(false))
        {
            if (record.Identity("id") is var id && things.Contains(id) && !boxes.TryAdd(id, record.Numbers("bbox", 4, least: 0)))
                throw record.Malformed($"the annotation '{id}' occurs twice");
        }

        if (!records.Members.TryGetValue("images", out AnnotationRecord? list))
            throw new PrerequisiteException(
                $"{file.Name}: expected an object with the list 'images', found {string.Join(", ", records.Members.Keys.Append("annotations"))}. "
                + "Download the file again; see the benchmark's README.");
        return new Instances(boxes, Sizes(list, images));
    }

    private static Dictionary<string, AnnotationRecord> Sizes(AnnotationRecord list, HashSet<string> images)
    {
        Dictionary<string, AnnotationRecord> sizes = [];
        foreach (AnnotationRecord image in list.AsRecords())
        {
            if (image.Identity("id") is var id && images.Contains(id) && !sizes.TryAdd(id, image))
                throw image.Malformed($"the image '{id}' occurs twice");
        }

        return sizes;
    }

    private static Sample ToSample(Expression expression, Instances known, AnnotationFile instances)
    {
        if (!known.Boxes.TryGetValue(expression.Thing, out ImmutableArray<double> sides))
            throw expression.Reference.Malformed($"field 'ann_id': expected an annotation in {instances.Name}, found '{expression.Thing}'");
        if (!known.Images.TryGetValue(expression.Image, out AnnotationRecord? image))
            throw expression.Reference.Malformed($"field 'image_id': expected an image in {instances.Name}, found '{expression.Image}'");
        ReferenceBox box = new(sides[0], sides[1], sides[2], sides[3], image.Size("width"), image.Size("height"));
        return RefCocoSamples.Create(new SampleId(expression.Id), new ImageReference(image.Text("file_name")), expression.Text, box);
    }

    private sealed record Expression(PickledRecord Reference, string Id, string Text, string Thing, string Image);

    private sealed record Instances(Dictionary<string, ImmutableArray<double>> Boxes, Dictionary<string, AnnotationRecord> Images);
}
