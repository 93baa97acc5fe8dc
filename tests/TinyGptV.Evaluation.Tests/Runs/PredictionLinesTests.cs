using System.Collections.Immutable;
using System.Text;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Runs;

public class PredictionLinesTests
{
    private static readonly Prediction Answered = SampleRuns.Prediction("gqa", SampleRuns.Sample(1, "1.png"));

    private static readonly Prediction Refused =
        SampleRuns.Prediction("gqa", SampleRuns.Sample(2, "1.png"), new SampleFailure(SampleFailureKind.RequestRefused, "too long"));

    private static readonly Prediction Ranked = Answered with
    {
        Generation = null,
        Ranking = new ChoiceRanking([new ChoiceLikelihood(-1.25, 2), new ChoiceLikelihood(-0.1, 1)]),
        Sample = SampleRuns.Sample(3, "2.png") with { Choices = ["a", "b"], Slices = [new Slice("skill", "counting")] },
    };

    [Fact]
    public void Read_WhatWasWritten_GivesTheSameBytesAgain()
    {
        byte[] lines = PredictionLines.Write([Answered, Refused, Ranked]);
        var read = PredictionLines.Read(lines, "0.jsonl");
        Assert.Equal(3, read.Length);
        Assert.Equal(Answered.Generation!.Text, read[0].Generation!.Text);
        Assert.Equal(lines, PredictionLines.Write(read));
    }

    [Fact]
    public void Write_AnyText_MakesOneLineForEachPrediction() => Gen.String.Array[0, 5].Sample(texts =>
    {
        byte[] lines = PredictionLines.Write(texts.Select(text => Answered with { Prompt = text }));
        Assert.Equal(texts.Length, lines.Count(value => value == '\n'));
        Assert.Equal(texts.Length, PredictionLines.Read(lines, "x").Length);
    });

    [Fact]
    public void Outline_AnyPredictions_IsAboutTheSameSamples() => Gen.Select(Gen.String, Gen.Int[0, 2]).Array[0, 5].Sample(picks =>
    {
        // Texts that look like members; only top-level ones count.
        Prediction[] predictions = [.. picks.Select(pick => (pick.Item2 switch { 0 => Answered, 1 => Refused, _ => Ranked }) with { Prompt = pick.Item1 })];
        Assert.Equal(
            predictions.Select(prediction => new PredictionOutline(prediction.Benchmark, prediction.Sample.Id, prediction.Failure is not null)),
            PredictionLines.Outline(PredictionLines.Write(predictions), "x"));
    });

    [Fact]
    public void Outline_MembersOfInnerObjects_AreNotThoseOfTheLine()
    {
        const string line = """
            {"other":{"benchmark":"x","sample":{"id":"x"},"failure":{}},"benchmark":"gqa","sample":{"inner":{"id":"y"},"id":"s","slices":[{"id":"z"}]},"failure":null}

            """;
        Assert.Equal(
            [new PredictionOutline(new BenchmarkName("gqa"), new SampleId("s"), Failed: false)],
            PredictionLines.Outline(Encoding.UTF8.GetBytes(line), "x"));
        const string innerLast = """
            {"benchmark":"gqa","sample":{"id":"s"},"failure":null,"other":{"benchmark":"x","sample":{"id":"x"},"failure":{}}}

            """;
        Assert.Equal(
            [new PredictionOutline(new BenchmarkName("gqa"), new SampleId("s"), Failed: false)],
            PredictionLines.Outline(Encoding.UTF8.GetBytes(innerLast), "x"));
    }

    [Fact]
    public void Read_EmptyLine_IsMalformedAndNotCutOff() => Assert.DoesNotContain(
        "cut off", Assert.Throws<PrerequisiteException>(() => PredictionLines.Read("\n"u8, "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void StoredShard_Predictions_AreThoseOfItsLines()
    {
        var shard = new StoredShard(PredictionLines.Write([Answered, Refused]), "0.jsonl");
        Assert.Equal([Answered.Sample.Id, Refused.Sample.Id], shard.Predictions().Select(prediction => prediction.Sample.Id));
        Assert.Equal([false, true], shard.Outlines().Select(outline => outline.Failed));
    }

    [Theory]
    [InlineData("""{"sample":{"id":"s"}}""", "the line has no benchmark or no sample")]
    [InlineData("""{"benchmark":1,"sample":{"id":"s"}}""", "the line has no benchmark or no sample")]
    [InlineData("{}", "the line has no benchmark or no sample")]
    [InlineData("""{"benchmark":"gqa","sample":{"slices":[{"id":"1"}]}}""", "the line has no benchmark or no sample")]
    [InlineData("""{"benchmark":"gqa","sample":""", "line 1: expected a prediction, found")]
    public void Outline_NoPrediction_IsRefused(string line, string found) =>
        Assert.Contains(
            found, Assert.Throws<PrerequisiteException>(() => PredictionLines.Outline(Encoding.UTF8.GetBytes(line + "\n"), "x")).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Write_Prediction_IsTheStoredShape() => Assert.Equal(
        """{"benchmark":"gqa","sample":{"id":"s0002","image":"1.png","question":"Question 2?","target":"yes","choices":[],"slices":[]}"""
        + ""","prompt":"<ImageHere> Question 2?","failure":{"kind":"requestRefused","message":"too long"}}""" + "\n",
        Encoding.UTF8.GetString(PredictionLines.Write([Refused])));

    [Fact]
    public void Read_LineWrittenBeforeAnswersAndBoxes_HasNoneAndIsWrittenTheSame()
    {
        const string line = """
            {"benchmark":"gqa","sample":{"id":"1","image":"n1.jpg","question":"Q","target":"yes","choices":[],"slices":[{"kind":"structural","name":"verify"}]},"prompt":"<ImageHere>Q","generation":{"text":"yes","tokenIds":[8505],"stopReason":"endOfSequence"}}

            """;

        Prediction read = Assert.Single(PredictionLines.Read(Encoding.UTF8.GetBytes(line), "0.jsonl"));

        Assert.Null(read.Sample.Answers);
        Assert.Null(read.Sample.Box);
        Assert.Null(read.Sample.CountsOfficially);
        Assert.Equal(new Score(1), Scorers.ByName["equals-label"].Score(read));
        Assert.Equal(line, Encoding.UTF8.GetString(PredictionLines.Write([read])));
    }

    [Fact]
    public void Write_AnswersAndBox_AreTheStoredShapeAndComeBack()
    {
        Prediction prediction = Refused with
        {
            Sample = Refused.Sample with
            {
                Answers = [new ReferenceAnswer("haul", "yes", "hauling"), new ReferenceAnswer("")],
                Box = new ReferenceBox(10.5, 20, 100, 200, 640, 480),
                CountsOfficially = false,
            },
        };

        byte[] lines = PredictionLines.Write([prediction]);

        Assert.Contains(
            ""","target":"yes","answers":[{"text":"haul","confidence":"yes","raw":"hauling"},{"text":""}],"box":{"x":10.5,"y":20,"width":100,"height":200,"imageWidth":640,"imageHeight":480},"""
            + "\"choices\":[],\"slices\":[],\"countsOfficially\":false}",
            Encoding.UTF8.GetString(lines), StringComparison.Ordinal);
        Sample sample = PredictionLines.Read(lines, "0.jsonl")[0].Sample;
        Assert.Equal(prediction.Sample.Answers!.Value, sample.Answers!.Value);
        Assert.Equal((prediction.Sample.Box, false), (sample.Box, sample.CountsOfficially));
    }

    [Fact]
    public void Write_FirstWordsAndGqaContext_AreTheStoredShapeAndComeBack()
    {
        Prediction prediction = Answered with
        {
            Generation = new Generation("yes", [8505], StopReason.EndOfSequence)
            {
                FirstWords = ImmutableSortedDictionary<string, double>.Empty.Add("yes", 0.5).Add("no", 0.125),
            },
            Sample = Answered.Sample with
            {
                Gqa = new GqaContext { Group = "color", Entailed = [new SampleId("07")], Valid = ["red"], Plausible = [] },
            },
        };

        byte[] lines = PredictionLines.Write([prediction]);

        string text = Encoding.UTF8.GetString(lines);
        Assert.Contains("""
            "gqa":{"group":"color","entailed":["07"],"valid":["red"],"plausible":[]}
            """, text, StringComparison.Ordinal);
        Assert.Contains("""
            "stopReason":"endOfSequence","firstWords":{"no":0.125,"yes":0.5}
            """, text, StringComparison.Ordinal);
        Prediction read = Assert.Single(PredictionLines.Read(lines, "0.jsonl"));
        Assert.Equal(0.8, read.Generation!.Prefers(["yes"], ["no"]));
        Assert.Equal(lines, PredictionLines.Write([read]));
    }

    [Fact]
    public void Read_Nothing_IsEmpty() => Assert.Empty(PredictionLines.Read([], "0.jsonl"));

    [Fact]
    public void Read_CutOffAnywhere_NamesObjectAndLine()
    {
        byte[] lines = PredictionLines.Write([Answered, Refused]);
        int second = lines.AsSpan().IndexOf((byte)'\n') + 1;
        for (int length = second + 1; length < lines.Length; length++)
        {
            var exception = Assert.Throws<PrerequisiteException>(() => PredictionLines.Read(lines.AsSpan(0, length), "000007.jsonl"));
            Assert.Contains("000007.jsonl", exception.Message, StringComparison.Ordinal);
            Assert.Contains("line 2", exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("null\n")]
    [InlineData("\n")]
    [InlineData("[]\n")]
    [InlineData("{}\n")]
    [InlineData("{\"benchmark\":\"gqa\"}\n")]
    public void Read_MalformedLine_NamesObjectAndLine(string line)
    {
        var exception = Assert.Throws<PrerequisiteException>(() => PredictionLines.Read(Encoding.UTF8.GetBytes(line), "000001.jsonl"));
        Assert.StartsWith("'000001.jsonl', line 1: expected a prediction, found an error: ", exception.Message, StringComparison.Ordinal);
    }
}
