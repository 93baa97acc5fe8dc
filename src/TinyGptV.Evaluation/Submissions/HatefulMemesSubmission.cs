using System.Collections.Immutable;
using System.Globalization;
using CsvHelper;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Reports.Files;
using TinyGptV.Evaluation.Scoring;
using CsvRow = TinyGptV.Evaluation.Benchmarks.Formats.CsvRow;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>The file of the Hateful Memes Challenge: CSV with an id, the probability that the meme is hateful, and the label 1 or 0.</summary>
internal sealed class HatefulMemesSubmission : ISubmissionFormat
{
    private const string Id = "id", Probability = "proba", Label = "label";

    private static readonly ImmutableArray<string> Yes = ["yes"], No = ["no"];

    public string Name => "hm";

    public string Description => "The file of the Hateful Memes Challenge: CSV with id, proba and label.";

    public bool Fits(BenchmarkDefinition definition) => definition.Format is AnnotationFormat.HatefulMemes;

    public void Write(Submission submission, Stream output)
    {
        using StreamWriter writer = new(output, leaveOpen: true);
        using CsvWriter csv = CsvWriter.Create(writer, CsvReport.Options, leaveOpen: true);
        csv.WriteRecord(Id, Probability, Label);
        foreach (ScoredSample sample in submission.Answered)
        {
            Generation answer = sample.Prediction.Generation!;
            double probability = answer.Prefers(Yes, No) ?? throw new PrerequisiteException(
                $"The answer to '{sample.Prediction.Sample.Id}' was stored without the probabilities of yes and no, which '{Probability}' needs. "
                + "Evaluate the benchmark again with this version, or export with --format lm-eval.");
            bool label = AnswerText.Side(answer.Text, Yes.Contains, No.Contains) ?? probability > 0.5;
            csv.WriteRecord(sample.Prediction.Sample.Id.Value, probability.ToString("R", CultureInfo.InvariantCulture), label ? "1" : "0");
        }
    }

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        await using CsvRows rows = new(file);
        await rows.ReadHeaderAsync([Id, Probability, Label], cancellationToken).ConfigureAwait(false);
        ImmutableArray<SubmittedAnswer>.Builder answers = ImmutableArray.CreateBuilder<SubmittedAnswer>();
        await foreach (CsvRow row in rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            answers.Add(ToAnswer(row));
        return answers.DrainToImmutable();
    }

    private static SubmittedAnswer ToAnswer(CsvRow row)
    {
        bool isNumber = double.TryParse(row.Text(Probability), NumberStyles.Float, CultureInfo.InvariantCulture, out double probability);
        if (!isNumber || probability is not (>= 0 and <= 1))
            throw row.Malformed(Probability, $"expected a number from 0 to 1, found '{row.Text(Probability)}'");
        string word = row.Text(Label) switch
        {
            "1" => "yes",
            "0" => "no",
            var other => throw row.Malformed(Label, $"expected 0 or 1, found '{other}'"),
        };
        return new SubmittedAnswer
        {
            Id = row.Text(Id),
            Generation = SubmittedAnswer.GenerationOf(word) with { FirstWords = SubmittedAnswer.FirstWordsOf(probability) },
        };
    }
}
