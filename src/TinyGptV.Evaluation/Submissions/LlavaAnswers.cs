using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// The answer file of LLaVA's evaluation scripts, which many models share: a JSON line per question with <c>question_id</c> and <c>text</c>.
/// Checked against model_vqa_loader.py of LLaVA at commit 10462fe.
/// </summary>
internal sealed class LlavaAnswers : IAnswerFormat
{
    public string Name => "llava";

    public string Description => "LLaVA's answer file, for any benchmark: a JSON line of question_id and text per question.";

    public bool Fits(BenchmarkDefinition definition) => true;

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(await PythonJson.ReadAsync(file, cancellationToken).ConfigureAwait(false));
        bool lines = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        ImmutableArray<SubmittedAnswer>.Builder answers = ImmutableArray.CreateBuilder<SubmittedAnswer>();
        await foreach (AnnotationRecord record in records.ReadAsync(lines ? RecordLayout.Lines : RecordLayout.List, cancellationToken).ConfigureAwait(false))
            answers.Add(SubmittedAnswer.OfText(record.Identity("question_id"), record.TextOrEmpty("text")));
        return answers.DrainToImmutable();
    }
}
