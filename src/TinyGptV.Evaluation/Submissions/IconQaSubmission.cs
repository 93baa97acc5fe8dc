using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>IconQA's result file: an object whose <c>results</c> give the index of the choice, or the text of a blank, by problem id.</summary>
internal sealed class IconQaSubmission : ISubmissionFormat
{
    private const string Results = "results";

    public string Name => "iconqa";

    public string Description => "IconQA's result file: a JSON object of accuracy, args and results by problem id.";

    public bool Fits(BenchmarkDefinition definition) =>
        definition.Format is AnnotationFormat.IconQa or AnnotationFormat.IconQaBlanks or AnnotationFormat.IconQaImages;

    public void Write(Submission submission, Stream output)
    {
        using Utf8JsonWriter writer = new(output, SubmissionJson.Writing);
        writer.WriteStartObject();
        writer.WriteNumber("accuracy", 100 * submission.Samples.Sum(sample => sample.Score.Value) / Math.Max(1, submission.Expected));
        writer.WriteStartObject("args");
        writer.WriteEndObject();
        writer.WriteStartObject(Results);
        foreach (ScoredSample sample in submission.Answered)
        {
            if (sample.Score.Choice is { } choice)
                writer.WriteNumber(sample.Prediction.Sample.Id.Value, choice);
            else
                writer.WriteString(sample.Prediction.Sample.Id.Value, submission.TextOf(sample));
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(file);
        bool isObject = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        ImmutableArray<SubmittedAnswer>? answers = null;
        await foreach (AnnotationRecord record in records.ReadAsync(isObject ? RecordLayout.Keyed : RecordLayout.List, cancellationToken).ConfigureAwait(false))
        {
            if (isObject && record.Key == Results)
                answers = [.. record.Identities().Select(pair => ToAnswer(pair, definition, record))];
        }

        return answers ?? throw new PrerequisiteException($"{file.Name}: expected an object with '{Results}', found none. Use a file in the format '{Name}'.");
    }

    private static SubmittedAnswer ToAnswer((string Id, string Value) result, BenchmarkDefinition definition, AnnotationRecord record)
    {
        if (definition.Request is not RequestKind.Rank)
            return SubmittedAnswer.OfText(result.Id, result.Value);
        return int.TryParse(result.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int choice)
            ? new SubmittedAnswer { Id = result.Id, Choice = choice }
            : throw record.Malformed($"field '{result.Id}': expected the index of a choice, found '{result.Value}'");
    }
}
