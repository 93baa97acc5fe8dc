using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>
/// The gallery's samples as compact JSON for a script element: each sample is an array, slices are numbers, and rare fields are optional. Samples are written
/// one by one, so that memory does not grow with the file.
/// </summary>
internal static class GallerySamples
{
    /// <summary>The most samples a browser handles well; the page has a subset of larger runs.</summary>
    public const int Most = 100_000;

    /// <summary>Escapes what could end a script element or a JavaScript string: &lt;, &gt;, &amp;, U+2028 and U+2029 among others.</summary>
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The page keeps every n-th sample; this is n.</summary>
    public static int Every(EvaluationReport report) => Math.Max(1, (report.Benchmarks.Sum(benchmark => benchmark.Samples.Length) + Most - 1) / Most);

    public static void Write(EvaluationReport report, TextWriter writer)
    {
        int every = Every(report);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartArray();
        foreach (BenchmarkReport benchmark in report.Benchmarks)
            WriteBenchmark(benchmark, every, json, Flush);
        json.WriteEndArray();
        Flush();

        void Flush()
        {
            json.Flush();
            writer.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
            buffer.ResetWrittenCount();
        }
    }

    private static void WriteBenchmark(BenchmarkReport benchmark, int every, Utf8JsonWriter json, Action flush)
    {
        BenchmarkDefinition definition = benchmark.Definition;
        ImmutableArray<Slice> slices = [.. benchmark.Slices.Select(slice => new Slice(slice.Kind, slice.Name))];
        var numbers = slices.Select((slice, i) => (slice, i)).ToDictionary(pair => pair.slice, pair => pair.i);
        json.WriteStartObject();
        json.WriteString("name", benchmark.Benchmark.Value);
        json.WriteString("title", benchmark.Title);
        WriteStrings("folders", definition.ImageFolders, json);
        WriteStrings("names", definition.ImageNames ?? [BenchmarkDefinition.ImagePlaceholder], json);
        json.WriteString("prompt", definition.WholePrompt);
        json.WriteStartArray("slices");
        foreach (Slice slice in slices)
            WriteStrings(null, [slice.Kind, slice.Name], json);
        json.WriteEndArray();
        json.WriteStartArray("samples");
        for (int i = 0; i < benchmark.Samples.Length; i += every)
        {
            WriteSample(benchmark.Samples[i], definition, numbers, json);
            flush();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Id, image, question, truth, answer, score, outcome, slices, and an object with any other fields.</summary>
    private static void WriteSample(ScoredSample scored, BenchmarkDefinition definition, Dictionary<Slice, int> slices, Utf8JsonWriter json)
    {
        Sample sample = scored.Prediction.Sample;
        json.WriteStartArray();
        json.WriteStringValue(sample.Id.Value);
        json.WriteStringValue(sample.Image.Path);
        json.WriteStringValue(sample.Question);
        json.WriteStringValue(ScoredTexts.Truth(scored));
        json.WriteStringValue(ScoredTexts.Answer(scored));
        json.WriteNumberValue(Math.Round(scored.Score.Value, 4));
        json.WriteNumberValue((scored.IsAnswered ? 0 : 1) + (scored.Score.Undecided ? 2 : 0) + (scored.Score.Excluded ? 4 : 0));
        json.WriteStartArray();
        foreach (Slice slice in sample.Slices)
            json.WriteNumberValue(slices[slice]);
        json.WriteEndArray();
        json.WriteStartObject();
        WriteRest(scored, definition, json);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteRest(ScoredSample scored, BenchmarkDefinition definition, Utf8JsonWriter json)
    {
        Prediction prediction = scored.Prediction;
        if (prediction.Generation is { } generation)
            WriteGeneration(generation, ScoredTexts.Answer(scored), json);
        if (prediction.Ranking is { } ranking)
            WriteRanking(prediction.Sample, ranking, scored.Score.Choice, json);
        if (prediction.Sample.Answers is { } answers)
            WriteAnswers(answers, json);
        if (prediction.Sample.Box is { } box)
            WriteBoxes(box, prediction.Generation?.Text, json);
        if (prediction.Failure is { } failure)
            WriteStrings("failure", [failure.Kind.ToString(), failure.Message], json);
        if (prediction.Prompt != definition.WholePrompt.Replace(PromptTemplate.QuestionPlaceholder, prediction.Sample.Question, StringComparison.Ordinal))
            json.WriteString("prompt", prediction.Prompt);
    }

    private static void WriteGeneration(Generation generation, string answer, Utf8JsonWriter json)
    {
        if (generation.Text != answer)
            json.WriteString("raw", generation.Text);
        json.WriteNumber("tokens", generation.TokenIds.Length);
        if (generation.StopReason is StopReason.Length)
            json.WriteBoolean("limit", true);
        if (generation.FirstWords is not { } words)
            return;
        json.WriteStartObject("first");
        foreach ((string word, double probability) in words)
            json.WriteNumber(word, Math.Round(probability, 4));
        json.WriteEndObject();
    }

    private static void WriteRanking(Sample sample, ChoiceRanking ranking, int? chosen, Utf8JsonWriter json)
    {
        json.WriteStartArray("choices");
        for (int i = 0; i < ranking.Choices.Length; i++)
        {
            ChoiceLikelihood likelihood = ranking.Choices[i];
            json.WriteStartArray();
            json.WriteStringValue(i < sample.Choices.Length ? sample.Choices[i] : "");
            json.WriteNumberValue(Math.Round(likelihood.LogLikelihood, 4));
            json.WriteNumberValue(likelihood.Tokens);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        if (chosen is { } choice)
            json.WriteNumber("chosen", choice);
    }

    private static void WriteAnswers(ImmutableArray<ReferenceAnswer> answers, Utf8JsonWriter json)
    {
        json.WriteStartArray("answers");
        foreach (var same in answers.GroupBy(answer => answer.Text).OrderByDescending(same => same.Count()).ThenBy(same => same.Key, StringComparer.Ordinal))
        {
            json.WriteStartArray();
            json.WriteStringValue(same.Key);
            json.WriteNumberValue(same.Count());
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    /// <summary>Left, top, width and height in percent of the image: the true box, and the box in the answer if there is one.</summary>
    private static void WriteBoxes(ReferenceBox box, string? answer, Utf8JsonWriter json)
    {
        WriteNumbers(
            "box",
            [100 * box.X / box.ImageWidth, 100 * box.Y / box.ImageHeight, 100 * box.Width / box.ImageWidth, 100 * box.Height / box.ImageHeight],
            json);
        if (answer is not null && BoxText.Find(answer) is { } found)
            WriteNumbers("found", [found[0], found[1], found[2] - found[0], found[3] - found[1]], json);
    }

    private static void WriteNumbers(string name, ReadOnlySpan<double> values, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
            json.WriteNumberValue(Math.Round(value, 2));
        json.WriteEndArray();
    }

    private static void WriteStrings(string? name, IEnumerable<string> values, Utf8JsonWriter json)
    {
        if (name is null)
            json.WriteStartArray();
        else
            json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
