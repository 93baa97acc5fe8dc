using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>All submission formats.</summary>
public static class SubmissionFormats
{
    /// <summary>The formats that can be written and read, in display order.</summary>
    public static ImmutableArray<ISubmissionFormat> All { get; } =
    [
        new AnswerListSubmission("gqa", "GQA's prediction file: a JSON list of questionId and prediction.", AnnotationFormat.Gqa, "questionId", "prediction"),
        new AnswerListSubmission(
            "vqa", "VQA's result file, for VQAv2 and OK-VQA: a JSON list of answer and question_id.", AnnotationFormat.Vqa, "question_id", "answer")
        { HasNumbers = true, HasAnswerFirst = true },
        new AnswerListSubmission("vizwiz", "VizWiz's result file: a JSON list of image and answer.", AnnotationFormat.VizWiz, "image", "answer"),
        new HatefulMemesSubmission(),
        new IconQaSubmission(),
        new LmEvalSubmission(),
    ];

    /// <summary>The formats that can be read, in display order.</summary>
    public static ImmutableArray<IAnswerFormat> Importable { get; } = [.. All, new LlavaAnswers(), new VlmEvalKitAnswers(), new InspectAnswers()];

    /// <summary>Finds a format that can be read, by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The format.</returns>
    /// <exception cref="PrerequisiteException">The format is unknown.</exception>
    public static IAnswerFormat ImportableByName(string name) => Importable.FirstOrDefault(format => format.Name == name) ?? throw new PrerequisiteException(
        $"No format '{name}'. Choose one of {string.Join(", ", Importable.Select(format => format.Name))}.");

    /// <summary>Finds a format that can be written, by name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The format.</returns>
    /// <exception cref="PrerequisiteException">The format is unknown.</exception>
    public static ISubmissionFormat ByName(string name) => All.FirstOrDefault(format => format.Name == name) ?? throw new PrerequisiteException(
        $"No format '{name}'. Choose one of {string.Join(", ", All.Select(format => format.Name))}.");
}
