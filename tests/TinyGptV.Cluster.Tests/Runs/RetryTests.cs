using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

/// <summary>Samples that failed are asked again in the same run when the user asks for it.</summary>
public class RetryTests
{
    private static readonly RunRequest Request = new() { Run = new RunId("mine"), Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = 8 };
    private static readonly RunRequest Again = Request with { RetryFailed = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Failed_samples_are_asked_again_and_what_they_were_is_kept()
    {
        var store = new InMemoryRunStore();
        var model = new WatchedModel();
        await using (var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], store: store))
            await CompleteAsync(cluster, Request);
        Prediction failed = Assert.Single(store.AllPredictions(Request.Run!.Value), prediction => prediction.Failure is not null);
        var whole = new InMemoryBenchmarks { IsComplete = true };
        await using (var cluster = await EvaluationCluster.StartAsync([model], whole, store))
        {
            RunProgress end = await CompleteAsync(cluster, Again);
            Assert.Equal((39, 40, 0), (end.Resumed, end.Benchmarks[0].Predicted, end.Benchmarks[0].Failed));
        }

        Assert.Equal(failed.Prompt, Assert.Single(model.Prompts));
        await AssertAsUndisturbedAsync(store, whole);
        PastShard past = Assert.Single(await store.ListHistoryAsync(Request.Run!.Value, Token));
        Assert.Equal(1, past.Round);
        Assert.Contains(failed.Failure!.Message,
            (await store.ReadHistoryAsync(Request.Run!.Value, past, Token)).Predictions().Select(prediction => prediction.Failure?.Message));
        EvaluationReport report = await StoredReport.CreateAsync(store, Request.Run!.Value, "tinygptv", Token);
        Assert.Equal((1, 0), (report.Retried, report.Benchmarks[0].Counts.Failed));
        Assert.Equal(
            "Samples asked again after a failure: 1. The run's history keeps what they were.\n"
            + "† do not rely on this interval: with images so few or so unequal it covers the true value in fewer than 95 of 100 cases.",
            ReportTables.Answers(report).Note);
    }

    [Fact]
    public async Task Sample_that_fails_again_stays_failed_until_it_is_asked_for_once_more()
    {
        var store = new InMemoryRunStore();
        for (int round = 0; round < 3; round++)
        {
            await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], store: store);
            RunProgress end = await CompleteAsync(cluster, round == 0 ? Request : Again);
            Assert.Equal((40, 1), (end.Benchmarks[0].Predicted, end.Benchmarks[0].Failed));
            // Without the wish for it, a complete run is left as it is.
            Assert.Equal(round, (await store.ListHistoryAsync(Request.Run!.Value, Token)).Length);
            await using var next = await EvaluationCluster.StartAsync([new WatchedModel()], store: store);
            Assert.Equal(40, (await CompleteAsync(next, Request)).Resumed);
            Assert.Equal(round, (await store.ListHistoryAsync(Request.Run!.Value, Token)).Length);
        }

        Assert.Equal([1, 2], (await store.ListHistoryAsync(Request.Run!.Value, Token)).Select(past => past.Round));
        Assert.Equal(1, await RetriedSamples.CountAsync(store, Request.Run!.Value, Token));
    }

    [Fact]
    public async Task Asking_again_that_was_interrupted_is_continued_by_any_start_of_the_run()
    {
        var store = new InMemoryRunStore();
        await using (var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], store: store))
            await CompleteAsync(cluster, Request);
        var whole = new InMemoryBenchmarks { IsComplete = true };
        var held = new WatchedModel { HoldAfter = 0 };
        await using (var cluster = await EvaluationCluster.StartAsync([held], whole, store))
        {
            await cluster.StartRunAsync(Again);
            await held.WhenItHolds.WaitAsync(Token);
            await cluster.Run(Request.Run!.Value).CancelAsync(Token);
        }

        Assert.Empty(await store.ListHistoryAsync(Request.Run!.Value, Token));
        await using (var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], whole, store))
            Assert.Equal(0, (await CompleteAsync(cluster, Request)).Benchmarks[0].Failed);
        await AssertAsUndisturbedAsync(store, whole);
        Assert.Equal(1, Assert.Single(await store.ListHistoryAsync(Request.Run!.Value, Token)).Round);
    }

    private static async Task<RunProgress> CompleteAsync(EvaluationCluster cluster, RunRequest request)
    {
        RunProgress end = await cluster.WatchToTheEndAsync(await cluster.StartRunAsync(request));
        Assert.Equal((RunPhase.Completed, null), (end.Phase, end.Problem));
        return end;
    }

    private static async Task AssertAsUndisturbedAsync(InMemoryRunStore store, InMemoryBenchmarks benchmarks)
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], benchmarks);
        await CompleteAsync(cluster, Request);
        RunId run = Request.Run!.Value;
        ImmutableArray<ShardIndex> shards = await cluster.Store.ListShardsAsync(run, Token);
        Assert.Equal(shards, await store.ListShardsAsync(run, Token));
        foreach (ShardIndex shard in shards)
            Assert.Equal((await cluster.Store.ReadShardAsync(run, shard, Token)).Lines.ToArray(),
                (await store.ReadShardAsync(run, shard, Token)).Lines.ToArray());
    }
}
