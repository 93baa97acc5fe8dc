using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>
/// VQAv2 and OK-VQA: the official annotations, and the questions from the official file or the list prepared for MiniGPT-v2. Both files must hold the same
/// questions; otherwise one belongs to another split.
/// </summary>
internal static class VqaAnnotations
{
    public static async ValueTask<ImmutableArray<Sample>> ReadAsync(
        AnnotationFile annotations, Func<AnnotationFile> openQuestions, CancellationToken cancellationToken)
    {
        Dictionary<string, Annotation> annotated = await ReadAnnotationsAsync(annotations, cancellationToken).ConfigureAwait(false);
        AnnotationFile questions = openQuestions();
        await using JsonRecords records = new(questions);
        bool official = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        SampleCollector samples = new();
        await foreach (AnnotationRecord record in (official
            ? records.ReadMemberAsync("questions", cancellationToken)
            : records.ReadAsync(RecordLayout.List, cancellationToken)).ConfigureAwait(false))
        {
            string id = record.Identity("question_id");
            samples.Add(record, annotated.TryGetValue(id, out Annotation? annotation)
                ? ToSample(record, id, annotation)
                : throw record.Malformed($"the question '{id}' has no annotation in {annotations.Name}; the two files belong to different splits"));
            annotation.IsAsked = true;
        }

        return annotated.FirstOrDefault(pair => !pair.Value.IsAsked).Key is not { } unasked ? samples.ToImmutable(questions) : throw new PrerequisiteException(
            $"{annotations.Name}: expected the question '{unasked}' in {questions.Name}, found no such record. "
            + "Download both files again, from one release and split.");
    }

    private static async ValueTask<Dictionary<string, Annotation>> ReadAnnotationsAsync(AnnotationFile file, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (!await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected an object with the list 'annotations', found a list. Download the file again; see the benchmark's README.");
        AnnotatorAnswers answers = new();
        Dictionary<string, Annotation> annotated = [];
        await foreach (AnnotationRecord record in records.ReadMemberAsync("annotations", cancellationToken).ConfigureAwait(false))
        {
            if (!annotated.TryAdd(record.Identity("question_id"), ToAnnotation(record, answers.Read(record))))
                throw record.Malformed($"the question '{record.Identity("question_id")}' occurs twice");
        }

        // OK-VQA: the category names are beside the list, before or after it.
        if (records.Members.TryGetValue("question_types", out AnnotationRecord? categories))
            NameCategories(annotated, categories);
        return annotated;
    }

    private static Annotation ToAnnotation(AnnotationRecord record, ImmutableArray<ReferenceAnswer> answers)
    {
        Annotation annotation = new(record.Index("image_id", int.MaxValue), answers, record.OptionalText("question_type"));
        if (record.OptionalText("answer_type") is { } answerType)
            annotation.Slices.Add(new Slice("answer type", answerType));
        if (annotation.QuestionType is { } questionType)
            annotation.Slices.Add(new Slice("question type", questionType));
        return annotation;
    }

    /// <summary>The question type is then the key of its category, and the answer type means nothing.</summary>
    private static void NameCategories(Dictionary<string, Annotation> annotated, AnnotationRecord categories)
    {
        Dictionary<string, string> names = categories.AsMap();
        foreach ((string id, Annotation annotation) in annotated)
        {
            annotation.Slices.Clear();
            if (annotation.QuestionType is { } type)
                annotation.Slices.Add(new Slice("category", names.TryGetValue(type, out string? name) ? name : throw categories.Malformed(
                    $"expected the type '{type}' of the question '{id}', found {string.Join(", ", names.Keys)}")));
        }
    }

    private static Sample ToSample(AnnotationRecord question, string id, Annotation annotation) => new()
    {
        Id = new SampleId(id),
        Image = question.Index("image_id", int.MaxValue) == annotation.Image
            ? new ImageReference(string.Create(CultureInfo.InvariantCulture, $"{annotation.Image:D12}.jpg"))
            : throw question.Malformed(
                $"field 'image_id': expected {annotation.Image}, as in the annotation of '{id}', found {question.Index("image_id", int.MaxValue)}"),
        Question = question.Text("question"),
        Target = AnnotatorAnswers.MostFrequent(annotation.Answers),
        Answers = annotation.Answers,
        Slices = [.. annotation.Slices],
    };

    private sealed class Annotation(int image, ImmutableArray<ReferenceAnswer> answers, string? questionType)
    {
        public int Image => image;

        public ImmutableArray<ReferenceAnswer> Answers => answers;

        public string? QuestionType => questionType;

        public List<Slice> Slices { get; } = [];

        public bool IsAsked { get; set; }
    }
}
