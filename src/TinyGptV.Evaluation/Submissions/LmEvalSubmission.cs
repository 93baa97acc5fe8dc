using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Submissions;

/// <summary>
/// The samples log of lm-evaluation-harness (<c>samples_&lt;task&gt;.jsonl</c>), which other harnesses write too: a JSON line per sample with the request,
/// the uncut response (<c>resps</c>) and the scored response (<c>filtered_resps</c>). The likelihood of a choice is a pair of strings: the number, and
/// whether it was the greedy answer, which is unknown here. Logs of lmms-eval since 0.3 have no <c>doc</c>, and no <c>resps</c> where the filter
/// changed nothing:
/// their samples are numbered (<c>doc_id</c>), and known by <c>input</c> and <c>target</c>. Checked against loggers/evaluation_tracker.py of
/// lmms-eval at commit 0716c69.
/// </summary>
internal sealed class LmEvalSubmission : ISubmissionFormat
{
    private const string Doc = "doc", Number = "doc_id", Responses = "resps", Filtered = "filtered_resps", Tokens = "choice_tokens", FirstWords = "first_words";
    private static readonly ImmutableArray<string> IdFields = ["id", "question_id", "questionId", "pid", "sample_id"];

    private static readonly JsonWriterOptions Hashed = new() { Encoder = SubmissionJson.Writing.Encoder, Indented = true, NewLine = "\n" };

    public string Name => "lm-eval";

    public string Description =>
        "The samples log of lm-evaluation-harness, for any benchmark: a JSON line per sample, with uncut texts or likelihoods of choices.";

    /// <summary>A log has a line for each sample and filter, and no official code reads it; the uncut responses of all filters are the same.</summary>
    public bool LastAnswerCounts => false;

    public bool Fits(BenchmarkDefinition definition) => true;

    public void Write(Submission submission, Stream output)
    {
        int number = 0;
        foreach (ScoredSample sample in submission.Answered)
        {
            using (Utf8JsonWriter writer = new(output, SubmissionJson.Writing))
                Write(writer, submission, sample, number++);
            output.WriteByte((byte)'\n');
        }
    }

    public async ValueTask<ImmutableArray<SubmittedAnswer>> ReadAsync(AnnotationFile file, BenchmarkDefinition definition, CancellationToken cancellationToken)
    {
        await using JsonRecords records = new(await PythonJson.ReadAsync(file, cancellationToken).ConfigureAwait(false));
        bool lines = await records.BeginWithObjectAsync(cancellationToken).ConfigureAwait(false);
        ImmutableArray<SubmittedAnswer>.Builder answers = ImmutableArray.CreateBuilder<SubmittedAnswer>();
        await foreach (AnnotationRecord record in records.ReadAsync(lines ? RecordLayout.Lines : RecordLayout.List, cancellationToken).ConfigureAwait(false))
        {
            if (ToAnswer(record, definition) is { } answer)
                answers.Add(answer);
        }

        return answers.DrainToImmutable();
    }

    private static void Write(Utf8JsonWriter writer, Submission submission, ScoredSample scored, int number)
    {
        Prediction prediction = scored.Prediction;
        writer.WriteStartObject();
        writer.WriteNumber(Number, number);
        writer.WritePropertyName(Doc);
        WriteDoc(writer, prediction.Sample);
        writer.WriteString("target", prediction.Sample.Target);
        WriteArguments(writer, submission.Definition, prediction);
        WriteResponses(writer, submission, scored);
        writer.WriteString("filter", "none");
        writer.WriteStartArray("metrics");
        writer.WriteStringValue("acc");
        writer.WriteEndArray();
        writer.WriteString("doc_hash", HashOf(DocBytes(prediction.Sample)));
        writer.WriteString("prompt_hash", HashOf(Encoding.UTF8.GetBytes(prediction.Prompt)));
        writer.WriteString("target_hash", HashOf(Encoding.UTF8.GetBytes(prediction.Sample.Target)));
        writer.WriteNumber("acc", scored.Score.Value);
        if (prediction.Ranking is { } ranking)
        {
            writer.WriteStartArray(Tokens);
            foreach (ChoiceLikelihood choice in ranking.Choices)
                writer.WriteNumberValue(choice.Tokens);
            writer.WriteEndArray();
        }

        if (prediction.Generation?.FirstWords is { } words)
        {
            writer.WriteStartObject(FirstWords);
            foreach ((string word, double probability) in words)
                writer.WriteNumber(word, probability);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteDoc(Utf8JsonWriter writer, Sample sample)
    {
        writer.WriteStartObject();
        writer.WriteString("id", sample.Id.Value);
        writer.WriteString("image", sample.Image.Path);
        writer.WriteString("question", sample.Question);
        if (!sample.Choices.IsEmpty)
        {
            writer.WriteStartArray("choices");
            foreach (string choice in sample.Choices)
                writer.WriteStringValue(choice);
            writer.WriteEndArray();
        }

        writer.WriteString("answer", sample.Target);
        writer.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter writer, BenchmarkDefinition definition, Prediction prediction)
    {
        writer.WriteStartObject("arguments");
        for (int i = 0; i < Math.Max(1, prediction.Ranking?.Choices.Length ?? 1); i++)
        {
            writer.WriteStartObject(string.Create(CultureInfo.InvariantCulture, $"gen_args_{i}"));
            writer.WriteString("arg_0", prediction.Prompt);
            if (prediction.Ranking is not null)
            {
                writer.WriteString("arg_1", prediction.Sample.Choices[i] + definition.EndOfChoice);
            }
            else
            {
                writer.WriteStartObject("arg_1");
                writer.WriteNumber("max_gen_toks", definition.MaxNewTokens);
                writer.WriteBoolean("do_sample", false);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteResponses(Utf8JsonWriter writer, Submission submission, ScoredSample scored)
    {
        Prediction prediction = scored.Prediction;
        writer.WriteStartArray(Responses);
        WriteEach(writer, prediction, prediction.Generation?.Text, nested: true);
        writer.WriteEndArray();
        writer.WriteStartArray(Filtered);
        WriteEach(writer, prediction, prediction.Generation is null ? null : submission.TextOf(scored), nested: false);
        writer.WriteEndArray();
    }

    private static void WriteEach(Utf8JsonWriter writer, Prediction prediction, string? text, bool nested)
    {
        IEnumerable<Action> values = text is not null
            ? [() => writer.WriteStringValue(text)]
            : prediction.Ranking!.Choices.Select(choice => (Action)(() => WriteLikelihood(writer, choice)));
        foreach (Action value in values)
        {
            if (nested)
                writer.WriteStartArray();
            value();
            if (nested)
                writer.WriteEndArray();
        }
    }

    private static void WriteLikelihood(Utf8JsonWriter writer, ChoiceLikelihood choice)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(choice.LogLikelihood.ToString("R", CultureInfo.InvariantCulture));
        writer.WriteStringValue("False");
        writer.WriteEndArray();
    }

    private static byte[] DocBytes(Sample sample)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, Hashed))
            WriteDoc(writer, sample);
        return bytes.ToArray();
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <returns>Null if the log has no usable answer to this sample: a likelihood that is not a number.</returns>
    private static SubmittedAnswer? ToAnswer(AnnotationRecord record, BenchmarkDefinition definition)
    {
        string field = record.Has(Responses) || !record.Has(Filtered) ? Responses : Filtered;
        ImmutableArray<string> responses = record.FirstTexts(field);
        // A harness may also ask for a text; see NamedChoice.
        bool isRanked = definition.Request is RequestKind.Rank && (record.Has(Tokens) || responses.Length > 1 || record.IsPair(field));
        SubmittedAnswer? answer = isRanked ? Ranked(record, field, responses) : Generated(record, field, responses);
        return answer is null ? null : Identified(answer, record) with
        {
            Filter = record.OptionalText("filter"),
            References = [.. record.AllTexts("target")],
        };
    }

    private static SubmittedAnswer Generated(AnnotationRecord record, string field, ImmutableArray<string> responses)
    {
        string text = !responses.IsEmpty
            ? responses[0]
            : throw record.Malformed($"field '{field}': expected a list with one list of one string, found something else");
        Generation generation = SubmittedAnswer.GenerationOf(text);
        return new SubmittedAnswer
        {
            Id = "",
            Generation = record.OptionalNumbers(FirstWords) is { } words ? generation with { FirstWords = words } : generation,
        };
    }

    private static SubmittedAnswer? Ranked(AnnotationRecord record, string field, ImmutableArray<string> responses)
    {
        ImmutableArray<string>? tokens = record.Has(Tokens) ? record.Texts(Tokens) : null;
        if (tokens is { } counts && counts.Length != responses.Length)
            throw record.Malformed($"field '{Tokens}': expected {responses.Length} numbers, as in '{field}', found {counts.Length}");
        ChoiceLikelihood[] choices = [.. responses.Select((response, i) => Likelihood(record, field, response, tokens?[i]))];
        return choices.Any(choice => double.IsNaN(choice.LogLikelihood)) ? null : new SubmittedAnswer { Id = "", Ranking = new ChoiceRanking([.. choices]) };
    }

    private static ChoiceLikelihood Likelihood(AnnotationRecord record, string field, string response, string? tokens)
    {
        int count = 1;
        if (PythonNumber(response) is not { } likelihood || double.IsPositiveInfinity(likelihood))
            throw record.Malformed($"field '{field}': expected a log-likelihood for every choice, found '{response}'");
        if (tokens is not null && (!int.TryParse(tokens, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count < 1))
            throw record.Malformed($"field '{Tokens}': expected positive integers, found '{tokens}'");
        // An impossible choice: predictions are stored with finite numbers.
        return new ChoiceLikelihood(double.IsNegativeInfinity(likelihood) ? double.MinValue : likelihood, count);
    }

    /// <summary>A number as Python prints it; null if the text is none.</summary>
    private static double? PythonNumber(string text) => text.ToLowerInvariant() switch
    {
        "nan" => double.NaN,
        "inf" or "infinity" => double.PositiveInfinity,
        "-inf" or "-infinity" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null,
    };

    private static SubmittedAnswer Identified(SubmittedAnswer answer, AnnotationRecord record)
    {
        AnnotationRecord? doc = record.Has(Doc) || !record.Has(Number) ? record.Nested(Doc) : null;
        if (doc is not null && IdFields.Select(doc.OptionalIdentity).FirstOrDefault(id => id is not null) is { } named)
            return answer with { Id = named };
        if (!record.Has(Number))
            throw record.Malformed($"field '{Doc}': expected the sample's id as one of {string.Join(", ", IdFields)}, found none");
        int number = record.Index(Number, int.MaxValue);
        return answer with
        {
            Id = number.ToString(CultureInfo.InvariantCulture),
            Number = number,
            Asked = doc?.OptionalText("question") ?? string.Join('\n', record.AllTexts("input")),
        };
    }
}
