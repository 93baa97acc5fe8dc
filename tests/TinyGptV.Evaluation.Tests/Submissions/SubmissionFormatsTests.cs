using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using TinyGptV.Backends.Chats;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Benchmarks.Formats;
using TinyGptV.Evaluation.Definitions;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Submissions;

namespace TinyGptV.Evaluation.Tests.Submissions;

public sealed class SubmissionFormatsTests
{
    private static readonly ImmutableArray<string> Texts =
        ["green ###Human: no", "Yes.", " two\n", "caf\u00e9 \"bar\"", "", "no idea", "man###", "unanswerable"];

    [Theory]
    [InlineData("gqa", "gqa", """[{"questionId":"007","prediction":"green"},{"questionId":"12","prediction":""}]""")]
    [InlineData("vqa", "vqav2", """[{"answer":"green","question_id":7},{"answer":"","question_id":12}]""")]
    [InlineData("vizwiz", "vizwiz", """[{"image":"007","answer":"green"},{"image":"12","answer":""}]""")]
    [InlineData("hm", "hm", "id,proba,label\n007,0.75,1\n12,0.25,0\n")]
    [InlineData("iconqa", "iconqa-blanks", """{"accuracy":50,"args":{},"results":{"007":"green","12":""}}""")]
    [InlineData("iconqa", "iconqa", """{"accuracy":50,"args":{},"results":{"007":1,"12":0}}""")]
    [InlineData("iconqa", "iconqa-images", """{"accuracy":50,"args":{},"results":{"007":1,"12":0}}""")]
    public void Write_OfficialFormat_IsExactlyIt(string format, string benchmark, string expected)
    {
        BenchmarkDefinition definition = Definition(benchmark);
        bool ranked = definition.Request is RequestKind.Rank;
        Prediction first = Predict(definition, "007", ranked ? "1" : "green", "green ###Human: no", 0.75, 0.25);
        Prediction second = Predict(definition, "12", "1", "", 0.25, 0.75) with { Ranking = ranked ? Ranking(-0.5, -3) : null };
        if (ranked)
            first = first with { Ranking = Ranking(-3, -2) };

        Assert.Equal(expected, Write(format, definition, [first, second], expected: 2, uncut: false));
    }

    [Theory]
    [InlineData("gqa", "gqa", "official", false)]
    [InlineData("gqa", "gqa", "tinygptv", true)]
    [InlineData("gqa", "gqa", "minigptv2", true)]
    [InlineData("vqa", "vqav2", "official", false)]
    [InlineData("vqa", "okvqa", "tinygptv", true)]
    [InlineData("vizwiz", "vizwiz", "official", false)]
    [InlineData("vizwiz", "vizwiz", "tinygptv", true)]
    [InlineData("hm", "hm", "official", false)]
    [InlineData("iconqa", "iconqa", "official", false)]
    [InlineData("iconqa", "iconqa-images", "official", false)]
    [InlineData("iconqa", "iconqa-blanks", "official", false)]
    [InlineData("lm-eval", "gqa", "tinygptv", false)]
    [InlineData("lm-eval", "vsr", "official", false)]
    [InlineData("lm-eval", "vsr", "tinygptv", false)]
    [InlineData("lm-eval", "hm", "official", false)]
    [InlineData("lm-eval", "iconqa", "tinygptv", false)]
    [InlineData("lm-eval", "iconqa", "minigptv2", false)]
    [InlineData("lm-eval", "refcoco-val", "official", false)]
    public async Task Read_WhatWasWritten_GivesTheSameScores(string format, string name, string mode, bool uncut)
    {
        BenchmarkDefinition definition = Definition(name);
        ImmutableArray<Prediction> predictions = MadeUp(definition);
        string content = Write(format, definition, [.. predictions.Where(one => one.Failure is null)], predictions.Length, uncut, mode);

        ImmutableArray<SubmittedAnswer> answers = await ReadAsync(format, definition, content);
        ImportedAnswers imported = ImportedAnswers.Join(BenchmarkOf(definition, predictions), answers, "file");

        Assert.Equal(
            Report(definition, predictions, predictions.Length, mode).Samples.Select(Score),
            Report(definition, imported.Predictions, predictions.Length, mode).Samples.Select(Score));
        Assert.Equal(["s8"], imported.Missing);
        Assert.Empty(imported.Unknown);
        Assert.Empty(imported.Repeated);
    }

    [Fact]
    public async Task Read_LogOfLmEvaluationHarness_TakesResponsesAndLikelihoods()
    {
        // As the harness writes it: everything in resps is a string, and likelihoods of choices are nested one list deeper.
        const string text = """{"doc_id": 3, "doc": {"question_id": 17, "question": "What?"}, "target": "a", "resps": [["green\n"]], "filtered_resps": ["green"], "filter": "none"}""";
        const string choices = """{"doc_id": 0, "doc": {"id": "9"}, "target": "1", "resps": [[["-2.5", "False"]], [["-0.25", "True"]]], "filtered_resps": [["-2.5", "False"], ["-0.25", "True"]]}""";

        SubmittedAnswer generated = Assert.Single(await ReadAsync("lm-eval", Definition("gqa"), text));
        SubmittedAnswer ranked = Assert.Single(await ReadAsync("lm-eval", Definition("iconqa"), choices));

        Assert.Equal(("17", "green\n"), (generated.Id, generated.Generation!.Text));
        Assert.Equal([new ChoiceLikelihood(-2.5, 1), new ChoiceLikelihood(-0.25, 1)], ranked.Ranking!.Choices);
    }

    [Fact]
    public void Write_LmEval_HasTheFieldsOfTheHarness()
    {
        BenchmarkDefinition definition = Definition("gqa");

        using JsonDocument line = JsonDocument.Parse(
            Write("lm-eval", definition, [Predict(definition, "007", "green", "green ###", 0, 0)], expected: 1, uncut: false));

        Assert.Equal(
            [
                "doc_id", "doc", "target", "arguments", "resps", "filtered_resps", "filter", "metrics", "doc_hash", "prompt_hash", "target_hash", "acc",
                "first_words",
            ],
            line.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""[["green ###"]]""", line.RootElement.GetProperty("resps").GetRawText());
        Assert.Equal("""["green"]""", line.RootElement.GetProperty("filtered_resps").GetRawText());
        // sha256sum of "green"
        Assert.Equal("ba4788b226aa8dc2e6dc74248bb9f618cfa8c959e0c26c147be48f6839a0b088", line.RootElement.GetProperty("target_hash").GetString());
    }

    [Fact]
    public void Write_HatefulMemesWithoutProbabilities_SaysWhatIsMissing()
    {
        BenchmarkDefinition definition = Definition("hm");
        Prediction prediction = Predict(definition, "1", "yes", "yes", 0, 0);
        prediction = prediction with { Generation = prediction.Generation! with { FirstWords = null } };

        var exception = Assert.Throws<PrerequisiteException>(() => Write("hm", definition, [prediction], 1, uncut: false));

        Assert.Contains("stored without the probabilities of yes and no", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_UnknownAndRepeatedIds_AreCountedAndTheLastAnswerIsTaken()
    {
        BenchmarkDefinition definition = Definition("gqa");
        Benchmark benchmark = BenchmarkOf(definition, [Predict(definition, "1", "a", "", 0, 0), Predict(definition, "2", "a", "", 0, 0)]);

        ImportedAnswers imported = ImportedAnswers.Join(
            benchmark,
            await ReadAsync(
                "gqa", definition,
                """[{"questionId":"1","prediction":"first"},{"questionId":"x","prediction":"y"},{"questionId":"1","prediction":"second"}]"""),
            "file");

        Assert.Equal(["2"], imported.Missing);
        Assert.Equal(["x"], imported.Unknown);
        Assert.Equal(["1"], imported.Repeated);
        Assert.Equal("second", imported.Predictions[0].Generation!.Text);
        Assert.Equal(SampleFailureKind.NotSubmitted, imported.Predictions[1].Failure!.Kind);
    }

    /// <summary>
    /// The evaluation code of these benchmarks reads answers into a dictionary, so that later ones replace earlier ones; a log has no such code.
    /// </summary>
    [Theory]
    [InlineData("gqa", "gqa", """[{"questionId":"1","prediction":"a"},{"questionId":"1","prediction":"b"}]""", "b")]
    [InlineData("vqa", "okvqa", """[{"answer":"a","question_id":1},{"answer":"b","question_id":1}]""", "b")]
    [InlineData("vizwiz", "vizwiz", """[{"image":"1","answer":"a"},{"image":"1","answer":"b"}]""", "b")]
    [InlineData("hm", "hm", "id,proba,label\n1,0.9,1\n1,0.1,0\n", "no")]
    [InlineData("iconqa", "iconqa-blanks", """{"results":{"1":"a","1":"b"}}""", "b")]
    [InlineData("lm-eval", "gqa", "{\"doc\":{\"id\":\"1\"},\"resps\":[[\"a\"]]}\n{\"doc\":{\"id\":\"1\"},\"resps\":[[\"b\"]]}\n", "a")]
    public async Task Join_SeveralAnswersToASample_TakesTheOneThatTheOfficialCodeTakes(string format, string name, string content, string taken)
    {
        BenchmarkDefinition definition = Definition(name);

        ImportedAnswers imported = ImportedAnswers.Join(
            BenchmarkOf(definition, [Predict(definition, "1", "a", "", 0, 0)]), await ReadAsync(format, definition, content), "file",
            SubmissionFormats.ByName(format).LastAnswerCounts);

        Assert.Equal(["1"], imported.Repeated);
        Assert.Equal(taken, imported.Predictions[0].Generation!.Text);
    }

    [Fact]
    public async Task Join_AnswersThatGoOnAfterTheirTurn_AreNamed_AndKeptWhole()
    {
        BenchmarkDefinition definition = Definition("gqa");

        ImportedAnswers imported = ImportedAnswers.Join(
            BenchmarkOf(definition, [Predict(definition, "1", "a", "", 0, 0), Predict(definition, "2", "a", "", 0, 0)]),
            await ReadAsync("gqa", definition, """[{"questionId":"1","prediction":"a ### b"},{"questionId":"2","prediction":"a # b"}]"""), "file");

        Assert.Equal(["1"], imported.Cut);
        Assert.Equal("a ### b", imported.Predictions[0].Generation!.Text);
    }

    /// <summary>Old manifests have neither of the new fields, and a file without repeats still gives the same manifest.</summary>
    [Fact]
    public void Origin_WithoutRepeatsAndCuts_IsStoredAsBefore()
    {
        const string stored = """{"format":"gqa","file":"theirs.json","digest":"d","missing":0,"unknown":0,"repeated":0}""";
        var origin = new AnswerOrigin("gqa", "theirs.json", "d", 0, 0, 0);

        Assert.Equal(stored, JsonSerializer.Serialize(origin, EvaluationJson.Compact.ShapeOf<AnswerOrigin>()));
        Assert.Equal(origin, JsonSerializer.Deserialize(stored, EvaluationJson.Compact.ShapeOf<AnswerOrigin>()));
    }

    [Theory]
    [InlineData("gqa", "gqa", "{}", "file: expected a list of records with 'questionId' and 'prediction', found an object")]
    [InlineData("gqa", "gqa", "", "file: expected JSON starting with '{' or '[', found nothing")]
    [InlineData("gqa", "gqa", """[{"questionId": "1"}]""", "file, record 1 (line 1): field 'prediction': expected a value, found no such field")]
    [InlineData(
        "gqa", "gqa", """[{"questionId": 1.5, "prediction": "a"}]""", "record 1 (line 1): field 'questionId': expected a string or an integer, found 1.5")]
    [InlineData("gqa", "gqa", """[{"questionId": "1", "prediction": 4}]""", "field 'prediction': expected a string, found 4")]
    [InlineData("gqa", "gqa", """[{"questionId": "1", "prediction": "a"},""", "file: expected JSON, found an error after 1 complete records")]
    [InlineData("vqa", "vqav2", """[{"question_id": 1, "answer": null}]""", "record 1 (line 1): field 'answer': expected a string")]
    [InlineData("vizwiz", "vizwiz", "[7]", "record 1 (line 1): expected an object with the fields of a sample, found 7")]
    [InlineData("hm", "hm", "id,label\n1,0\n", "file: expected a column 'proba', found id, label")]
    [InlineData("hm", "hm", "id,proba,label\n1,1.5,0\n", "file, row 1 (line 2), column 'proba': expected a number from 0 to 1, found '1.5'")]
    [InlineData("hm", "hm", "id,proba,label\n1,0.5,yes\n", "file, row 1 (line 2), column 'label': expected 0 or 1, found 'yes'")]
    [InlineData("iconqa", "iconqa", "[]", "file: expected an object with 'results', found none")]
    [InlineData("iconqa", "iconqa", """{"accuracy": 3}""", "file: expected an object with 'results', found none")]
    [InlineData("iconqa", "iconqa", """{"results": []}""", "file, record 'results': expected an object with string or integer values, found a list")]
    [InlineData("iconqa", "iconqa", """{"results": {"7": "a"}}""", "file, record 'results': field '7': expected the index of a choice, found 'a'")]
    [InlineData("lm-eval", "gqa", """{"resps": [["a"]]}""", "file, line 1: field 'doc': expected a value, found no such field")]
    [InlineData(
        "lm-eval", "gqa", """{"doc": {"image": 1}, "resps": [["a"]]}""", "file, line 1: field 'doc': expected the sample's id as one of id, question_id")]
    [InlineData("lm-eval", "gqa", """{"doc": {"id": 1}, "resps": {"a": 1}}""", "file, line 1: field 'resps': expected a list of lists of strings, found ")]
    [InlineData("lm-eval", "gqa", """{"doc": {"id": 1}, "resps": []}""", "file, line 1: field 'resps': expected a list with one list of one string")]
    [InlineData(
        "lm-eval", "iconqa", """{"doc": {"id": 1}, "resps": [["x", "False"]]}""",
        "file, line 1: field 'resps': expected a log-likelihood for every choice, found 'x'")]
    [InlineData(
        "lm-eval", "iconqa", """{"doc": {"id": 1}, "resps": [["-1", "False"]], "choice_tokens": [1, 2]}""",
        "field 'choice_tokens': expected 1 numbers, as in 'resps', found 2")]
    [InlineData(
        "lm-eval", "iconqa", """{"doc": {"id": 1}, "resps": [["-1", "False"]], "choice_tokens": [0]}""",
        "field 'choice_tokens': expected positive integers, found '0'")]
    public async Task Read_MalformedFile_NamesFileRecordAndField(string format, string benchmark, string content, string expected)
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(() => ReadAsync(format, Definition(benchmark), content));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "expected answers to samples of 'gqa', for example '1', found no answer")]
    [InlineData("""[{"questionId": "7", "prediction": "a"}]""", "expected answers to samples of 'gqa', for example '1', found only other ids, for example '7'")]
    public async Task Join_NothingFits_IsRefused(string content, string expected)
    {
        BenchmarkDefinition definition = Definition("gqa");
        ImmutableArray<SubmittedAnswer> answers = await ReadAsync("gqa", definition, content);

        var exception = Assert.Throws<PrerequisiteException>(
            () => ImportedAnswers.Join(BenchmarkOf(definition, [Predict(definition, "1", "a", "", 0, 0)]), answers, "file"));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("iconqa", """{"results": {"1": 2}}""", "expected one of the 2 choices of '1', counted from 0, found 2")]
    [InlineData("lm-eval", """{"doc": {"id": 1}, "resps": [["-1", "False"]]}""", "expected a likelihood for each of the 2 choices of '1', found 1")]
    public async Task Join_ChoicesThatTheSampleHasNot_AreRefused(string format, string content, string expected)
    {
        BenchmarkDefinition definition = Definition("iconqa");
        ImmutableArray<SubmittedAnswer> answers = await ReadAsync(format, definition, content);

        var exception = Assert.Throws<PrerequisiteException>(
            () => ImportedAnswers.Join(BenchmarkOf(definition, [Predict(definition, "1", "1", "", 0, 0)]), answers, "file"));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private static BenchmarkDefinition Definition(string name)
    {
        string file = Path.Combine(Repository.Root, "benchmarks-data", name, "benchmark.json");
        return TinyGptVChat.Format.Join(BenchmarkDefinitionReader.Read(File.ReadAllBytes(file), file));
    }

    /// <summary>Eight samples with various answers, and a ninth without.</summary>
    private static ImmutableArray<Prediction> MadeUp(BenchmarkDefinition definition)
    {
        string[] targets = definition.Format switch
        {
            AnnotationFormat.Vsr => ["true", "false"],
            AnnotationFormat.HatefulMemes => ["yes", "no"],
            AnnotationFormat.IconQa or AnnotationFormat.IconQaImages => ["0", "1"],
            _ => ["green", "yes", "2", "caf\u00e9"],
        };
        Prediction[] answered = [.. Texts.Select((text, i) => Predict(definition, $"s{i}", targets[i % targets.Length], text, i / 10.0, 0.4))];
        Prediction unanswered = Predict(definition, "s8", targets[0], "", 0, 0) with
        {
            Generation = null,
            Ranking = null,
            Failure = new SampleFailure(SampleFailureKind.ImageUnavailable, "gone"),
        };
        return
        [
            .. answered.Select((one, i) => definition.Request is RequestKind.Rank ? one with { Generation = null, Ranking = Ranking(-i, -3.5) } : one),
            unanswered,
        ];
    }

    private static ChoiceRanking Ranking(double first, double second) => new([new ChoiceLikelihood(first, 1), new ChoiceLikelihood(second, 3)]);

    private static Prediction Predict(BenchmarkDefinition definition, string id, string target, string text, double yes, double no) => new()
    {
        Benchmark = definition.Name,
        Sample = new Sample
        {
            Id = new SampleId(id),
            Image = new ImageReference("a.jpg"),
            Question = "Which?",
            Target = target,
            Choices = definition.Request is RequestKind.Rank ? ["one", "another one"] : [],
            Answers = definition.Format is AnnotationFormat.Vqa or AnnotationFormat.VizWiz ? [new(target), new("green"), new("yes"), new("yes")] : null,
            Box = definition.Format is AnnotationFormat.RefCoco ? new ReferenceBox(1, 1, 5, 5, 10, 10) : null,
        },
        Prompt = "prompt",
        Generation = definition.Request is RequestKind.Rank
            ? null
            : new Generation(text, [], StopReason.Length)
            {
                FirstWords = ImmutableSortedDictionary<string, double>.Empty.Add("yes", yes).Add("no", no).Add("true", yes).Add("false", no),
            },
    };

    private static Benchmark BenchmarkOf(BenchmarkDefinition definition, ImmutableArray<Prediction> predictions) => new()
    {
        Definition = definition,
        Samples = [.. predictions.Select(prediction => prediction.Sample)],
        Digests = ImmutableSortedDictionary<string, string>.Empty,
    };

    private static BenchmarkReport Report(BenchmarkDefinition definition, ImmutableArray<Prediction> predictions, int expected, string mode)
    {
        var manifest = new RunManifest
        {
            Run = new RunId("r"),
            ProgramVersion = "1",
            Model = new ModelIdentity { Name = "m", Digest = "d" },
            Benchmarks = [RunPlanning.Describe(BenchmarkOf(definition, predictions)) with { Samples = expected }],
            ShardSize = 1,
        };
        return EvaluationReport.Create(manifest, predictions, mode).Benchmarks[0];
    }

    private static string Write(
        string format, BenchmarkDefinition definition, ImmutableArray<Prediction> predictions, int expected, bool uncut, string mode = "official")
    {
        using MemoryStream content = new();
        SubmissionFormats.ByName(format).Write(new Submission(definition, Report(definition, predictions, expected, mode).Samples, expected, uncut), content);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    private static async Task<ImmutableArray<SubmittedAnswer>> ReadAsync(string format, BenchmarkDefinition definition, string content) =>
        await SubmissionFormats.ByName(format)
            .ReadAsync(new AnnotationFile("file", new MemoryStream(Encoding.UTF8.GetBytes(content))), definition, TestContext.Current.CancellationToken);

    private static (string, double, double?) Score(Evaluation.Scoring.ScoredSample sample) =>
        (sample.Prediction.Sample.Id.Value, sample.Score.Value, Rounded(sample.Score.Probability));

    /// <summary>A probability normalized twice can differ in the last bits.</summary>
    private static double? Rounded(double? probability) => probability is { } value ? Math.Round(value, 12) : null;
}
