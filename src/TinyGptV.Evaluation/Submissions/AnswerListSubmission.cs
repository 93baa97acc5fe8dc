using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>A JSON list with one record per answer: an id and a text.</summary>
/// <param name="name">The format's name.</param>
/// <param name="description">What it is.</param>
/// <param name="layout">The annotation format of its benchmarks.</param>
/// <param name="idField">The field of the id.</param>
/// <param name="answerField">The field of the text.</param>
internal sealed class AnswerListSubmission(string name, string description, AnnotationFormat layout, string idField, string answerField) : ISubmissionFormat
{
    public string Name => name;

    public string Description => description;

    /// <summary>Whether numeric ids are written as numbers, as VQA's evaluation code needs.</summary>
    public bool HasNumbers { get; init; }

    /// <summary>Whether the text comes before the id, as in the official examples.</summary>
    public bool HasAnswerFirst { get; init; }

    public bool Fits(BenchmarkDefinition definition) => definition.Format == layout;

    public void Write(Submission submission, Stream output)
    {
        using Utf8JsonWriter writer = new(output, SubmissionJson.Writing);
        writer.WriteStartArray();
        foreach (ScoredSample sample in submission.Answered)
        {
            writer.WriteStartObject();
            if (HasAnswerFirst)
                writer.WriteString(answerField, submission.TextOf(sample));
            WriteId(writer, sample.Prediction.Sample.Id.Value);
            if (!HasAnswerFirst)
                writer.WriteString(answerField, submission.TextOf(sample));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        if (await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false))
            throw new PrerequisiteException(
                $"{file.Name}: expected a list of records with '{idField}' and '{answerField}', found an object. Use a file in the format '{name}'.");
        ImmutableArray<SubmittedAnswer>.Builder answers = ImmutableArray.CreateBuilder<SubmittedAnswer>();
        await foreach (AnnotationRecord record in records.ReadAsync(RecordLayout.List, cancellationToken).ConfigureAwait(false))
            answers.Add(SubmittedAnswer.OfText(record.Identity(idField), record.TextOrEmpty(answerField)));
        return answers.DrainToImmutable();
    }

    private void WriteId(Utf8JsonWriter writer, string id)
    {
        if (HasNumbers && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
            writer.WriteNumber(idField, number);
        else
            writer.WriteString(idField, id);
    }
}
