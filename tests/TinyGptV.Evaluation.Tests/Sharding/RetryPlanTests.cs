using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class RetryPlanTests
{
    private static readonly Benchmark Gqa = SampleRuns.Benchmark("gqa", 1, 2);
    private static readonly Prediction Answered = SampleRuns.Prediction("gqa", Gqa.Samples[0]);
    private static readonly Prediction Failed =
        SampleRuns.Prediction("gqa", Gqa.Samples[1], new SampleFailure(SampleFailureKind.ImageUnavailable, "gone"));

    private readonly StoreOfOneRun _store = new StoreOfOneRun(SampleRuns.Manifest(Gqa)).Open();
    private readonly KeptAnswers _kept = new();

    [Fact]
    public async Task ReadAsync_ShardsWithAFailure_AreWorkedOnAgainWithTheirAnswersKept()
    {
        _store.Put(0, Answered, Answered);
        _store.Put(1, Answered, Failed);
        RetryPlan plan = await ReadAsync(round: 1);
        Assert.Equal(1, plan.Round);
        Assert.Equal([new ShardIndex(1)], plan.Again);
        Assert.Equal(PredictionLines.Write([Answered]), _kept.LinesOf(new(1)));
        Assert.Equal([new ShardIndex(1)], _kept.Shards);
    }

    [Theory]
    [InlineData(true, 1, 1)] // copied to the history, but not replaced before the process died
    [InlineData(false, 1, 0)] // replaced in this round
    [InlineData(false, 2, 1)] // replaced in an earlier round
    public async Task ReadAsync_ShardInTheHistory_IsDoneIfItWasReplacedInTheRound(bool isEqual, int round, int again)
    {
        _store.Put(0, Answered, Failed);
        _store.History[new(new(0), 1)] = PredictionLines.Write(isEqual ? [Answered, Failed] : [Failed, Failed]);
        Assert.Equal(again, (await ReadAsync(round)).Again.Length);
    }

    [Theory]
    [InlineData(null, null, 1)]
    [InlineData(RunPhase.Completed, null, 1)]
    [InlineData(RunPhase.Cancelled, null, 1)]
    [InlineData(RunPhase.Completed, 1, 2)]
    [InlineData(RunPhase.Cancelled, 1, 1)]
    [InlineData(RunPhase.Failed, 3, 3)]
    public void RoundOf_AfterACompleteRun_IsTheNextOneOtherwiseTheSame(RunPhase? phase, int? last, int round) =>
        Assert.Equal(round, RunState.RoundOf(phase is { } known ? new RunState { Phase = known, Retry = last } : null));

    private ValueTask<RetryPlan> ReadAsync(int round)
    {
        PackedShard[] shards = [.. Enumerable.Range(0, 2).Select(index => PackedShard.Of(new Shard(new ShardIndex(index), Gqa.Definition.Name, Gqa.Samples)))];
        return RetryPlan.ReadAsync(
            _store, new RunId("a-run"), round, _store.ListShardsAsync(new RunId("a-run"), default).Result, _kept, [.. shards],
            TestContext.Current.CancellationToken);
    }
}
