using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

/// <summary>Several runs at once, and what a run is told from outside.</summary>
public class RunControlTests
{
    private static readonly RunRequest LongRun = new() { Run = new RunId("long"), Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = 4 };
    private static readonly RunRequest ShortRun = new() { Run = new RunId("short"), Benchmarks = [InMemoryBenchmarks.IconQa], ShardSize = 4 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_of_higher_priority_gets_the_replica_as_soon_as_a_lease_ends()
    {
        var model = new WatchedModel { HoldAfter = 1 };
        await using var cluster = await EvaluationCluster.StartAsync([model], configure: options => options.ShardsInFlight = 1);
        await StartBothAsync(cluster, model, priority: 1);
        string[] order = [.. model.Prompts.Select(BenchmarkOf)];
        // What was under way is finished, then comes the whole urgent run, then the rest.
        int begun = order.TakeWhile(name => name == "gqa").Count();
        Assert.InRange(begun, 1, 5);
        Assert.Equal(Enumerable.Repeat("iconqa", 7), order.Skip(begun).Take(7));
    }

    [Fact]
    public async Task Runs_of_equal_priority_share_a_replica()
    {
        var model = new WatchedModel { HoldAfter = 1 };
        await using var cluster = await EvaluationCluster.StartAsync([model], configure: options => options.ShardsInFlight = 1);
        await StartBothAsync(cluster, model, priority: null);
        string[] order = [.. model.Prompts.Select(BenchmarkOf)];
        // The later run does not wait until the earlier one is done.
        Assert.InRange(Array.LastIndexOf(order, "iconqa"), 7, order.Length - 8);
    }

    [Fact]
    public async Task Run_of_lower_priority_works_while_the_other_has_nothing_to_give()
    {
        WatchedModel model = new(), stranger = new("another model");
        await using var cluster = await EvaluationCluster.StartAsync([model, stranger]);
        RunId urgent = await cluster.StartRunAsync(ShortRun with { Priority = 9 });
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(urgent)).Phase);
        RunId other = await cluster.StartRunAsync(LongRun with { Priority = -3 });
        RunProgress end = await cluster.WatchToTheEndAsync(other);
        Assert.Equal((RunPhase.Completed, -3), (end.Phase, end.Priority));
    }

    [Fact]
    public async Task Paused_run_finishes_what_is_under_way_stays_paused_after_a_restart_and_continues_when_it_is_resumed()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        var store = new InMemoryRunStore();
        RunId run;
        ImmutableArray<Prediction> stored;
        await using (var cluster = await EvaluationCluster.StartAsync([model], new InMemoryBenchmarks { KnowsWhatIsMissing = true }, store))
        {
            run = await cluster.StartRunAsync(LongRun with { Priority = 6, AllowPartial = true });
            await model.WhenItHolds.WaitAsync(Token);
            await cluster.Run(run).PauseAsync(Token);
            model.Release();
            RunProgress paused = await cluster.WatchUntilAsync(run, progress => progress.Phase == RunPhase.Paused);
            Assert.Equal((RunPhase.Paused, 0), (paused.Phase, paused.ShardsReturned));
            stored = store.AllPredictions(run);
            // Everything that was asked was finished and stored; only the missing image is never asked about.
            Assert.Equal(model.Prompts.Order(), stored.Where(prediction => prediction.Failure is null).Select(prediction => prediction.Prompt).Order());
            Assert.InRange(stored.Length, 1, 39);
        }

        await using var second = await EvaluationCluster.StartAsync([model], new InMemoryBenchmarks { KnowsWhatIsMissing = true }, store);
        await second.Catalog.AdoptAsync(Token).ToArrayAsync(Token);
        RunProgress still = await second.Run(run).GetProgressAsync(Token);
        Assert.Equal((RunPhase.Paused, stored.Length), (still.Phase, still.Benchmarks.Sum(benchmark => benchmark.Predicted)));
        await second.Run(run).PauseAsync(Token);
        await second.Run(run).ResumeAsync(null, Token);
        RunProgress end = await second.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, stored.Length, 6), (end.Phase, end.Resumed, end.Priority));
        Assert.Equal(model.Prompts.Count, model.Prompts.Distinct().Count());
    }

    [Fact]
    public async Task Cancelled_run_stays_cancelled_after_a_restart_until_it_is_started_again()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        var store = new InMemoryRunStore();
        RunId run;
        await using (var cluster = await EvaluationCluster.StartAsync([model], store: store))
        {
            run = await cluster.StartRunAsync(LongRun);
            await model.WhenItHolds.WaitAsync(Token);
            await cluster.Run(run).CancelAsync(Token);
        }

        model.Release();
        await using var second = await EvaluationCluster.StartAsync([model], store: store);
        await second.Catalog.AdoptAsync(Token).ToArrayAsync(Token);
        Assert.Equal(RunPhase.Cancelled, (await second.Run(run).GetProgressAsync(Token)).Phase);
        Assert.Equal(run, await second.StartRunAsync(LongRun));
        Assert.Equal(RunPhase.Completed, (await second.WatchToTheEndAsync(run)).Phase);
    }

    [Fact]
    public async Task Run_whose_coordinator_is_killed_is_taken_up_by_another_one_and_nobody_asks()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        await using var cluster = await EvaluationCluster.StartAsync([model], coordinators: 2);
        RunId run = await cluster.StartRunAsync(LongRun);
        await model.WhenItHolds.WaitAsync(Token);
        int stored = cluster.Store.AllPredictions(run).Length;
        await cluster.KillAsync(await cluster.HomeOfAsync(run));
        model.Release();
        await cluster.Store.WhenStateIsAsync(run, RunPhase.Completed).WaitAsync(TimeSpan.FromMinutes(2), Token);
        Assert.Equal(40, cluster.Store.AllPredictions(run).Select(prediction => prediction.Sample.Id).Distinct().Count());
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(RunPhase.Completed, end.Phase);
        Assert.InRange(end.Resumed, stored, 40);
    }

    [Fact]
    public async Task Run_whose_whole_cluster_stopped_goes_on_when_there_is_one_again_and_nobody_asks()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        var store = new InMemoryRunStore();
        RunId run;
        await using (var cluster = await EvaluationCluster.StartAsync([model], store: store))
        {
            run = await cluster.StartRunAsync(LongRun with { Priority = 4 });
            await model.WhenItHolds.WaitAsync(Token);
        }

        Assert.False(store.WhenStateIsAsync(run, RunPhase.Completed).IsCompleted);
        model.Release();
        await using var second = await EvaluationCluster.StartAsync([model], store: store);
        await store.WhenStateIsAsync(run, RunPhase.Completed).WaitAsync(TimeSpan.FromMinutes(2), Token);
        Assert.Equal(4, (await second.Run(run).GetProgressAsync(Token)).Priority);
        RunTimings timings = System.Text.Json.JsonSerializer.Deserialize(
            store.Report(run, "timings.json"), Evaluation.EvaluationJson.Indented.ShapeOf<RunTimings>())!;
        Assert.Equal((40, 2), (timings.Samples, timings.Stretches));
    }

    [Fact]
    public async Task Run_that_does_not_exist_is_not_made_by_pausing_or_cancelling_it()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        var nowhere = cluster.Run(new RunId("nowhere"));
        Assert.Equal(RunPhase.Failed, (await nowhere.PauseAsync(Token)).Phase);
        await nowhere.CancelAsync(Token);
        Assert.Equal(RunPhase.Failed, (await nowhere.GetProgressAsync(Token)).Phase);
        Assert.Empty(cluster.Store.Reports(new RunId("nowhere")));
    }

    /// <summary>Starts the long run, then, while its first lease holds the only place, the short one, and waits for both.</summary>
    private static async Task StartBothAsync(EvaluationCluster cluster, WatchedModel model, int? priority)
    {
        RunId first = await cluster.StartRunAsync(LongRun);
        await model.WhenItHolds.WaitAsync(Token);
        RunId second = await cluster.StartRunAsync(ShortRun with { Priority = priority });
        // A replica that has joined has put in its claims in the same turn.
        await cluster.WatchUntilAsync(second, progress => progress.Replicas == 1);
        model.Release();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(first)).Phase);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(second)).Phase);
    }

    private static string BenchmarkOf(string prompt) => prompt.Split(' ', ':')[1];
}
