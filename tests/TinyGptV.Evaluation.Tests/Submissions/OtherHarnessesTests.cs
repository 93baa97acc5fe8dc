using System.Collections.Immutable;
using System.Text;
using MiniExcelLibs;
using SharpCompress.Common;
using SharpCompress.Writers;
using SharpCompress.Writers.Zip;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Submissions;

namespace TinyGptV.Evaluation.Tests.Submissions;

/// <summary>Answer files of other harnesses, written here as those harnesses write them.</summary>
public sealed class OtherHarnessesTests
{
    private static readonly Benchmark Gqa = BenchmarkOf("gqa", ("q10", "Is it red?", "yes"), ("q11", "What is this?", "cup"), ("q12", "Is it blue?", "no"));

    /// <summary>Ids that are numbers too, as of VQAv2.</summary>
    private static readonly Benchmark Numbered = BenchmarkOf("gqa", ("1", "Is it red?", "yes"), ("2", "What is this?", "cup"), ("0", "Is it blue?", "no"));

    [Fact]
    public async Task Logs_of_lmms_eval_without_documents_are_joined_by_number_and_checked_by_question()
    {
        // The second response was changed by the filter, so that both are there; elsewhere resps is left out.
        const string log = """
            {"doc_id": 1, "target": "cup", "filtered_resps": ["a cup"], "filter": "none", "input": "What is this?\nAnswer briefly.", "doc_hash": "x", "exact_match": 0.0}
            {"doc_id": 0, "target": "other", "filtered_resps": ["yes"], "resps": ["<think>so</think>yes"], "filter": "none", "input": "Is it  red?\nAnswer briefly."}
            {"doc_id": 2, "target": "no", "filtered_resps": ["no"], "resps": [["no way"]], "filter": "none", "input": "Is it blue?\nAnswer briefly."}
            """;

        Assert.Equal([("q11", "a cup"), ("q10", "<think>so</think>yes"), ("q12", "no way")], await TextsAsync("lm-eval", Gqa, log));
    }

    [Fact]
    public async Task Numbers_are_checked_by_reference_answers_where_the_question_is_rephrased()
    {
        const string log = """
            {"doc_id": 0, "target": "['Yes', 'y']", "filtered_resps": ["a"], "input": "?"}
            {"doc_id": 1, "target": "cup", "filtered_resps": ["b"], "input": "?"}
            """;

        Assert.Equal([("q10", "a"), ("q11", "b")], await TextsAsync("lm-eval", Gqa, log));
    }

    [Theory]
    [InlineData("""{"doc_id": 1, "target": "yes", "filtered_resps": ["a"], "input": "Is it red?"}""")] // another order
    [InlineData("""{"doc_id": 3, "target": "yes", "filtered_resps": ["a"], "input": "Is it red?"}""")] // another split
    [InlineData("""{"doc_id": 0, "filtered_resps": ["a"]}""")] // nothing to check by
    public async Task Numbers_that_fit_no_order_are_refused(string log)
    {
        string rest = "\n" + """{"doc_id": 2, "target": "no", "filtered_resps": ["no"], "input": "Is it blue?"}""";

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => TextsAsync("lm-eval", Gqa, log + rest));

        Assert.Contains("expected samples numbered in the order of 'gqa'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_filters_of_one_response_are_one_answer_and_real_repeats_stay()
    {
        const string log = """
            {"doc_id": 0, "doc": {"id": "q10"}, "resps": [["so yes"]], "filtered_resps": ["yes"], "filter": "strict-match"}
            {"doc_id": 0, "doc": {"id": "q10"}, "resps": [["so yes"]], "filtered_resps": ["[invalid]"], "filter": "flexible-extract"}
            {"doc_id": 0, "doc": {"id": "q10"}, "resps": [["again"]], "filtered_resps": ["again"], "filter": "strict-match"}
            """;

        Assert.Equal([("q10", "so yes"), ("q10", "again")], await TextsAsync("lm-eval", Gqa, log));
    }

    [Fact]
    public async Task Filters_with_different_answers_are_refused_by_name()
    {
        const string log = """
            {"doc_id": 0, "target": "yes", "filtered_resps": ["yes"], "filter": "strict", "input": "Is it red?"}
            {"doc_id": 0, "target": "yes", "filtered_resps": ["no"], "filter": "loose", "input": "Is it red?"}
            """;

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => TextsAsync("lm-eval", Gqa, log));

        Assert.Contains("found different ones of the filters 'strict' and 'loose'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Numbers_and_characters_that_JSON_lacks_cost_nothing_but_themselves()
    {
        const string log = """
            {"doc": {"id": "q10"}, "resps": [["half \ud83d a pair \ude00, whole \ud83d\ude00 \\ud83d"]], "score": NaN, "low": -Infinity, "high": Infinity}
            {"doc": {"id": "q11"}, "resps": [["NaN, -Infinity \"Infinity\""]], "score": [NaN, -1]}
            """;
        byte[] bytes = [.. Encoding.UTF8.GetBytes(log), .. "\n{\"doc\": {\"id\": \"q12\"}, \"resps\": [[\"caf\u00e9 "u8, 0xED, 0xA0, 0xBD, .. "!\"]]}"u8];

        (string, string)[] texts = await TextsAsync("lm-eval", Gqa, bytes);

        Assert.Equal(("q10", "half \uFFFD a pair \uFFFD, whole \U0001F600 \\ud83d"), texts[0]);
        Assert.Equal(("q11", "NaN, -Infinity \"Infinity\""), texts[1]);
        Assert.Equal("q12", texts[2].Item1);
        Assert.Matches("^caf\u00e9 \uFFFD+!$", texts[2].Item2);
    }

    [Fact]
    public async Task Impossible_choices_are_never_taken_and_likelihoods_that_are_no_numbers_are_no_answer()
    {
        Benchmark iconqa = BenchmarkOf("iconqa", ("1", "Which?", "1"), ("2", "Which?", "0"));
        const string log = """
            {"doc": {"id": "1"}, "resps": [[["-inf", "False"]], [["-1.5", "True"]]]}
            {"doc": {"id": "2"}, "resps": [[[NaN, false]], [[-1.5, true]]]}
            """;

        SubmittedAnswer answer = Assert.Single(await AnswersAsync("lm-eval", iconqa, Encoding.UTF8.GetBytes(log)));

        Assert.Equal([new ChoiceLikelihood(double.MinValue, 1), new ChoiceLikelihood(-1.5, 1)], answer.Ranking!.Choices);
    }

    [Fact]
    public async Task LLaVA_answers_are_read_by_question_id()
    {
        const string lines = """
            {"question_id": "q11", "prompt": "What is this?", "text": "A cup.", "answer_id": "Zz9", "model_id": "llava-v1.5-13b", "metadata": {}}
            {"question_id": 7, "prompt": "?", "text": "", "answer_id": "Zz8", "model_id": "llava-v1.5-13b", "metadata": {}}
            """;

        Assert.Equal([("q11", "A cup."), ("7", "")], await TextsAsync("llava", Gqa, lines));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Tables_of_VLMEvalKit_are_joined_by_index_and_checked(bool isWorkbook)
    {
        // Ids would fit the numbers too, but another question stands there. The last one failed.
        (int Index, string Question, string Answer, string Prediction)[] rows =
        [
            (0, "Is it red?", "yes", "Yes, \"red\"\tand\nmore"), (1, "What is this?", "cup", "12"),
            (2, "Is it blue?", "no", "Failed to obtain answer via API."),
        ];

        (string, string)[] texts = await TextsAsync("vlmevalkit", Numbered, isWorkbook ? Workbook(rows) : Encoding.UTF8.GetBytes(Tabs(rows)));

        Assert.Equal([("1", "Yes, \"red\"\tand\nmore"), ("2", "12")], texts);
    }

    [Fact]
    public async Task Tables_of_VLMEvalKit_numbered_from_one_or_with_ids_of_questions_are_read_too()
    {
        (int Index, string Question, string Answer, string Prediction)[] rows = [(1, "Is it red?", "yes", "a"), (2, "What is this?", "cup", "b")];

        Assert.Equal([("q10", "a"), ("q11", "b")], await TextsAsync("vlmevalkit", Gqa, Tabs(rows)));
        Assert.Equal([("q12", "c")], await TextsAsync("vlmevalkit", Gqa, "index\tquestion_id\tprediction\n0\tq12\tc\n"));
    }

    [Theory]
    [InlineData("index\tquestion\n0\tx\n", "file, row 2: expected a column 'prediction', found index, question")]
    [InlineData("question\tprediction\nx\ty\n", "file, row 2: expected an index, found none")]
    [InlineData("PK-this-is-no-workbook", "expected a table of VLMEvalKit")]
    public async Task Tables_that_are_none_say_so(string table, string expected)
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => TextsAsync("vlmevalkit", Gqa, table));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(CompressionType.Deflate)]
    [InlineData(CompressionType.ZStandard)]
    public async Task Logs_of_inspect_give_the_completion_of_the_first_epoch(CompressionType? compression)
    {
        string[] samples =
        [
            // Numbered from 1 by inspect itself.
            """{"id": 1, "epoch": 1, "input": "Is it red?", "target": "yes", "output": {"model": "m", "choices": [], "completion": "Yes"}, "scores": {"match": {"value": NaN}}}""",
            """{"id": 1, "epoch": 2, "input": "Is it red?", "target": "yes", "output": {"completion": "No"}}""",
            """
            {"id": 2, "epoch": 1, "input": [{"role": "user", "content": [{"type": "image", "image": "a.jpg"}, {"type": "text", "text": "What is this?"}]}],
             "target": ["cup", "mug"], "output": {"choices": [{"message": {"role": "assistant", "content": [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "Cup"}]}}]}}
            """,
            """{"id": 3, "epoch": 1, "input": "Is it blue?", "target": "no", "output": {"choices": [], "completion": ""}, "error": {"message": "timeout"}}""",
        ];
        byte[] log = compression is { } method
            ? Archive(method, [("header.json", """{"version": 2, "status": "success"}"""), .. samples.Select((text, i) => ($"samples/{i}_epoch_1.json", text))])
            : Encoding.UTF8.GetBytes(
                """{"version": 2, "status": "success", "eval": {"task": "vqa"}, "samples": [""" + string.Join(",", samples) + """], "low": -Infinity}""");

        Assert.Equal([("q10", "Yes"), ("q11", "Cup")], await TextsAsync("inspect", Gqa, log));
    }

    [Theory]
    [InlineData("[]", "expected a log of inspect_ai, an object with 'samples', found a list")]
    [InlineData("""{"version": 2, "status": "error"}""", "expected an object with the list 'samples'")]
    [InlineData("PK-this-is-no-archive", "expected a log of inspect_ai")]
    public async Task Logs_without_samples_say_so(string log, string expected)
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => TextsAsync("inspect", Gqa, log));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("B", 1)]
    [InlineData("(B) a big dog", 1)]
    [InlineData("ANSWER: a", 0)]
    [InlineData("A Big Dog.", 1)]
    [InlineData("I see the cat there", 0)]
    [InlineData("I see a cat and a big dog", null)]
    [InlineData("A bird", null)]
    [InlineData("C", null)]
    public async Task Texts_name_choices_by_letter_or_text(string text, int? expected)
    {
        Benchmark iconqa = BenchmarkOf("iconqa", ("1", "Which?", "1"));
        iconqa = iconqa with { Samples = [iconqa.Samples[0] with { Choices = ["cat", "a big dog"] }] };
        string line = $$"""{"question_id": 1, "text": "{{text}}"}""";

        ImmutableArray<SubmittedAnswer> answers = await AnswersAsync("llava", iconqa, Encoding.UTF8.GetBytes(line));

        Assert.Equal(expected is { } choice ? [choice] : [], answers.Select(answer => answer.Choice!.Value));
    }

    private static byte[] Workbook((int Index, string Question, string Answer, string Prediction)[] rows)
    {
        using MemoryStream content = new();
        content.SaveAs(rows.Select(row => new Dictionary<string, object>
        {
            ["index"] = row.Index,
            ["question"] = row.Question,
            ["answer"] = row.Answer,
            ["prediction"] = row.Prediction,
        }));
        return content.ToArray();
    }

    private static string Tabs((int Index, string Question, string Answer, string Prediction)[] rows) => string.Concat(
        rows.Select(row => string.Join('\t', ((string[])[$"{row.Index}", row.Question, row.Answer, row.Prediction]).Select(Quoted)) + "\n")
            .Prepend("\"index\"\t\"question\"\t\"answer\"\t\"prediction\"\n"));

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static byte[] Archive(CompressionType compression, IEnumerable<(string Name, string Text)> entries)
    {
        using MemoryStream content = new();
        using (IWriter writer = ZipWriter.OpenWriter(content, new ZipWriterOptions(compression) { LeaveStreamOpen = true }))
        {
            foreach ((string name, string text) in entries)
                writer.Write(name, new MemoryStream(Encoding.UTF8.GetBytes(text)), null);
        }

        return content.ToArray();
    }

    private static Task<(string Id, string Text)[]> TextsAsync(string format, Benchmark benchmark, string content) =>
        TextsAsync(format, benchmark, Encoding.UTF8.GetBytes(content));

    private static async Task<(string Id, string Text)[]> TextsAsync(string format, Benchmark benchmark, byte[] content) =>
        [.. (await AnswersAsync(format, benchmark, content)).Select(answer => (answer.Id, answer.Generation!.Text))];

    private static async Task<ImmutableArray<SubmittedAnswer>> AnswersAsync(string format, Benchmark benchmark, byte[] content) => AnswerPlaces.Resolve(
        benchmark,
        await SubmissionFormats.ImportableByName(format)
            .ReadAsync(new AnnotationFile("file", new MemoryStream(content)), benchmark.Definition, TestContext.Current.CancellationToken),
        "file");

    private static Benchmark BenchmarkOf(string name, params (string Id, string Question, string Target)[] samples)
    {
        string file = Path.Combine(Repository.Root, "benchmarks-data", name, "benchmark.json");
        return new Benchmark
        {
            Definition = TinyGptVChat.Format.Join(BenchmarkDefinitionReader.Read(File.ReadAllBytes(file), file)),
            Samples = [.. samples.Select(sample => new Sample
            {
                Id = new SampleId(sample.Id),
                Image = new ImageReference("a.jpg"),
                Question = sample.Question,
                Target = sample.Target,
                Choices = name == "iconqa" ? ["one", "another one"] : [],
            })],
            Digests = ImmutableSortedDictionary<string, string>.Empty,
        };
    }
}
