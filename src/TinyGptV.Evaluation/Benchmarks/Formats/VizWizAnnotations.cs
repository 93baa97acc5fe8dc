using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// VizWiz questions: one list, as published and as the original scripts read it. Each image has one question, so the image name is the sample id.
/// </summary>
internal static class VizWizAnnotations
{
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected a list of questions, found an object. Download the file again; see the benchmark's README.");
        AnnotatorAnswers answers = new();
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.List, cancellationToken).ConfigureAwait(false))
            samples.Add(record, ToSample(record, answers.Read(record)));
        return samples.ToImmutable(file);
    }

    private static Sample ToSample(AnnotationRecord record, ImmutableArray<ReferenceAnswer> answers) => new()
    {
        Id = new SampleId(record.Text("image")),
        Image = new ImageReference(record.Text("image")),
        Question = record.Text("question"),
        Target = AnnotatorAnswers.MostFrequent(answers),
        Answers = answers,
        Slices = [.. Slices(record)],
    };

    private static IEnumerable<Slice> Slices(AnnotationRecord record)
    {
        if (record.OptionalText("answer_type") is { } type)
            yield return new Slice("answer type", type);
        if (record.Has("answerable"))
            yield return new Slice("answerable", record.Index("answerable", last: 1) == 1 ? "yes" : "no");
    }
}
