using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class KeptAnswersTests
{
    private static readonly Benchmark Gqa = SampleRuns.Benchmark("gqa", 1, 1, 2, 2, 3);
    private static readonly PackedShard Shard = PackedShard.Of(new Shard(new ShardIndex(7), Gqa.Definition.Name, Gqa.Samples));
    private static readonly ShardPart Whole = new(Shard.Index, 0, 5);

    private readonly KeptAnswers _kept = new();

    [Fact]
    public void Add_AnswersInAnyOrder_AreKeptInTheOrderOfTheShard()
    {
        Assert.Equal(2, Keep(3, 0));
        Assert.Equal(1, Keep(0, 2));
        Assert.Equal((3, 3), (_kept.Count, _kept.CountOf(Shard.Index)));
        Assert.Equal(Lines(0, 2, 3), _kept.LinesOf(Shard.Index));
    }

    [Fact]
    public void Add_FailureOrAnotherSampleOrBenchmark_IsNotKept()
    {
        Prediction failed = SampleRuns.Prediction("gqa", Gqa.Samples[0], new SampleFailure(SampleFailureKind.ImageUnavailable, "gone"));
        Prediction stranger = SampleRuns.Prediction("gqa", SampleRuns.Sample(99, "1.png")), other = SampleRuns.Prediction("vsr", Gqa.Samples[1]);
        Assert.Equal(0, Keep(PredictionLines.Write([failed, stranger, other])));
        Assert.Empty(_kept.Shards);
        Assert.Empty(_kept.LinesOf(Shard.Index));
    }

    [Fact]
    public void Forget_ShardThatIsComplete_HasNoAnswersAnyMore()
    {
        Keep(1);
        _kept.Forget(Shard.Index);
        Assert.Equal((0, 0), (_kept.Count, _kept.CountOf(Shard.Index)));
    }

    [Theory]
    [InlineData(new int[0], new[] { 0, 1, 2, 3, 4 })]
    [InlineData(new[] { 0 }, new[] { 1, 2, 3, 4 })]
    [InlineData(new[] { 1, 3 }, new[] { 0, 2, 4 })]
    [InlineData(new[] { 4, 3, 2, 1, 0 }, new int[0])]
    public void Complete_WhatWasAskedAndWhatWasKept_GiveTheBytesOfAnUndisturbedShard(int[] kept, int[] asked)
    {
        Keep(kept);
        var questions = PartQuestions.Of(Shard, Whole, _kept);
        Assert.Equal((asked.Length, kept.Length), (questions.Count, questions.Kept));
        Assert.Equal(asked.Select(number => Gqa.Samples[number].Id), SampleLines.ReadIds(questions.Samples.Span));
        // More answers may come from another replica while these are asked.
        Keep(0, 1, 2, 3, 4);
        AssembledShard all = questions.Complete(Answers(asked), _kept);
        Assert.Equal(Lines(0, 1, 2, 3, 4), all.Lines.ToArray());
        Assert.Equal(PredictionLines.Outline(all.Lines.Span, "all"), all.Outlines);
    }

    [Fact]
    public void Complete_PartOfADividedShard_HasItsOwnSamplesOnly()
    {
        Keep(0, 3);
        var questions = PartQuestions.Of(Shard, new ShardPart(Shard.Index, 2, 3), _kept);
        Assert.Equal((2, 1), (questions.Count, questions.Kept));
        Assert.Equal(Lines(2, 3, 4), questions.Complete(Answers(2, 4), _kept).Lines.ToArray());
    }

    [Fact]
    public void Complete_AnswerWasForgotten_IsABug()
    {
        Keep(0);
        var questions = PartQuestions.Of(Shard, Whole, _kept);
        _kept.Forget(Shard.Index);
        Assert.Throws<InvalidOperationException>(() => questions.Complete(Answers(1, 2, 3, 4), _kept));
    }

    [Fact]
    public async Task ReadAsync_TakesTheAnswersOfShardsInProgressAndNothingElse()
    {
        PackedShard[] shards = [.. Enumerable.Range(0, 4).Select(index => Shard with { Index = new ShardIndex(index) })];
        var store = new StoreOfOneRun(SampleRuns.Manifest(Gqa)).Open();
        store.Put(0, Predict(0));
        store.Partials[new(0)] = Lines(0); // stored whole since
        store.Partials[new(1)] = Lines(4, 1);
        store.Partials[new(2)] = [.. Lines(0), .. "{ cut off"u8];
        store.Partials[new(9)] = Lines(0); // no shard of the run
        StoredPartials partials = await StoredPartials.ReadAsync(
            store, new RunId("a-run"), [.. shards], [new ShardIndex(0)], new KeptAnswers(), TestContext.Current.CancellationToken);
        Assert.Equal([0, 1, 2], partials.Shards.Select(shard => shard.Value));
        Assert.Equal([1], partials.Answers.Shards.Select(shard => shard.Value));
        Assert.Equal(Lines(1, 4), partials.Answers.LinesOf(new(1)));
    }

    [Fact]
    public async Task ReadAsync_ProgressOfAnInactiveRun_CountsAnswersOfShardsInProgressButIsNotComplete()
    {
        Benchmark both = SampleRuns.Benchmark("gqa", 1, 2);
        var store = new StoreOfOneRun(SampleRuns.Manifest(both)).Open();
        store.Put(0, SampleRuns.Prediction("gqa", both.Samples[0]));
        store.Partials[new(0)] = PredictionLines.Write([SampleRuns.Prediction("gqa", both.Samples[0])]);
        store.Partials[new(1)] = PredictionLines.Write([SampleRuns.Prediction("gqa", both.Samples[1])]);
        RunProgress progress = await StoredProgress.ReadAsync(store, new RunId("a-run"), workedOnBy: null, TestContext.Current.CancellationToken);
        Assert.Equal((RunPhase.Cancelled, 2), (progress.Phase, progress.Resumed));
        Assert.Equal([new BenchmarkProgress(new("gqa"), 2, 2, 0)], progress.Benchmarks);
    }

    [Fact]
    public void Keep_PartOfWhichIsLost_CountsWhatIsKeptOnce()
    {
        var tally = new RunTally(new PredictionCounts(SampleRuns.Manifest(Gqa)));
        tally.Keep(Shard.Index, Gqa.Definition.Name, 2);
        tally.Arrived(Whole, Gqa.Definition.Name, 4, 1);
        Assert.Equal(new BenchmarkProgress(Gqa.Definition.Name, 5, 4, 1), tally.ToProgress()[0]);
        tally.Forget(Whole);
        Assert.Equal(new BenchmarkProgress(Gqa.Definition.Name, 5, 2, 0), tally.ToProgress()[0]);
        Assert.Equal((0, 2), (tally.Stored, tally.Safe));
        tally.Keep(Shard.Index, Gqa.Definition.Name, 0);
        Assert.Equal(0, tally.Safe);
    }

    private static Prediction Predict(int number) => SampleRuns.Prediction("gqa", Gqa.Samples[number]);

    private static byte[] Lines(params int[] numbers) => PredictionLines.Write(numbers.Select(Predict));

    private static AssembledShard Answers(params int[] numbers) => new(Lines(numbers), PredictionLines.Outline(Lines(numbers), "asked"));

    private int Keep(params int[] numbers) => Keep(Lines(numbers));

    private int Keep(byte[] lines) => _kept.Add(Shard, lines, PredictionLines.Outline(lines, "kept"));
}
