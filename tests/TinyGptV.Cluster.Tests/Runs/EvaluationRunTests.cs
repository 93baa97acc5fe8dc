using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public class EvaluationRunTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 1)]
    [InlineData(2, 4)]
    [InlineData(2, 1000)]
    public async Task Run_gives_the_same_predictions_for_any_replicas_and_shard_size(int replicas, int shardSize)
    {
        await using var cluster = await EvaluationCluster.StartAsync(Models(replicas));
        RunId run = await cluster.StartRunAsync(new RunRequest { ShardSize = shardSize });
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, null, 0), (end.Phase, end.Problem, end.Resumed));
        Assert.Equal(
            [new BenchmarkProgress(InMemoryBenchmarks.Gqa, 40, 40, 1), new BenchmarkProgress(InMemoryBenchmarks.IconQa, 7, 7, 0)], end.Benchmarks);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Run_loses_a_replica_silo_and_still_predicts_every_sample_once()
    {
        WatchedModel[] models = [new() { HoldAfter = 9 }, new() { HoldAfter = 9 }];
        await using var cluster = await EvaluationCluster.StartAsync(models);
        RunId run = await cluster.StartRunAsync();
        await Task.WhenAll(models.Select(model => model.WhenItHolds)).WaitAsync(Token);
        await cluster.KillAsync(2);
        models[0].Release();
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(RunPhase.Completed, end.Phase);
        Assert.InRange(end.ShardsReturned, 1, 4);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Run_without_its_replica_waits_until_it_is_back()
    {
        var lost = new WatchedModel { HoldAfter = 9 };
        await using var cluster = await EvaluationCluster.StartAsync([lost]);
        RunId run = await cluster.StartRunAsync();
        await lost.WhenItHolds.WaitAsync(Token);
        await cluster.KillAsync(1);
        RunProgress waiting = await cluster.WatchUntilAsync(run, progress => progress.Problem is not null);
        Assert.Equal((RunPhase.Running, 0), (waiting.Phase, waiting.Replicas));
        await cluster.AddReplicaAsync(new WatchedModel());
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Replica_that_joins_in_mid_run_works_with_the_others()
    {
        WatchedModel first = new() { HoldAfter = 9 }, second = new();
        await using var cluster = await EvaluationCluster.StartAsync([first]);
        RunId run = await cluster.StartRunAsync();
        await first.WhenItHolds.WaitAsync(Token);
        await cluster.AddReplicaAsync(second);
        await cluster.WatchUntilAsync(run, _ => !second.Prompts.IsEmpty);
        first.Release();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        await AssertPredictedAsync(cluster, run);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    public async Task Sample_that_breaks_every_model_is_found_and_fails_alone_with_the_reason(int shardSize)
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel { Before = Break }, new WatchedModel { Before = Break }]);
        RunId run = await cluster.StartRunAsync(new RunRequest { Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = shardSize });
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(RunPhase.Completed, end.Phase);
        Assert.InRange(end.ShardsDivided, 2, 4);
        Prediction lost = Assert.Single(cluster.Store.AllPredictions(run), IsLost);
        Assert.EndsWith("Question 5?", lost.Prompt, StringComparison.Ordinal);
        Assert.Equal(
            "Replicas were lost 4 times with this sample, the last times with it alone: InvalidOperationException: out of memory. "
            + "A run of another name asks it again.",
            lost.Failure!.Message);
        await AssertPredictedAsync(cluster, run, lost);

        static Task Break(string prompt, CancellationToken cancellationToken) =>
            IsQuestion5(prompt) ? throw new InvalidOperationException("out of memory") : Task.CompletedTask;
    }

    [Fact]
    public async Task Only_replica_that_always_fails_ends_the_run_with_its_reason_and_nothing_is_recorded()
    {
        var broken = new WatchedModel { Before = (_, _) => throw new InvalidOperationException("no device") };
        await using var cluster = await EvaluationCluster.StartAsync([broken]);
        RunId run = await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(RunPhase.Failed, end.Phase);
        Assert.Contains("InvalidOperationException: no device", end.Problem, StringComparison.Ordinal);
        Assert.Empty(cluster.Store.AllPredictions(run));
        // The next coordinator does not retry it either, until it is asked to.
        await cluster.Catalog.AdoptAsync(Token).ToArrayAsync(Token);
        Assert.Equal(RunPhase.Failed, (await cluster.Run(run).GetProgressAsync(Token)).Phase);
    }

    [Fact]
    public async Task Run_of_one_sample_that_always_fails_ends_too()
    {
        var broken = new WatchedModel { Before = (_, _) => throw new InvalidOperationException("no device") };
        await using var cluster = await EvaluationCluster.StartAsync([broken]);
        RunId run = await cluster.StartRunAsync(new RunRequest { Benchmarks = [InMemoryBenchmarks.IconQa], Limit = 1 });
        Assert.Equal(RunPhase.Failed, (await cluster.WatchToTheEndAsync(run)).Phase);
        Assert.Empty(cluster.Store.AllPredictions(run));
    }

    [Fact]
    public async Task Straggler_is_helped_out_and_the_first_valid_result_counts()
    {
        var stuck = new WatchedModel { HoldAfter = 0 };
        var quick = new WatchedModel { Before = (_, token) => stuck.WhenItHolds.WaitAsync(token) };
        await using var cluster = await EvaluationCluster.StartAsync(
            [stuck, quick], configure: options => (options.ShortestHedge, options.HedgeFactor) = (TimeSpan.Zero, 1));
        RunId run = await cluster.StartRunAsync();
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.ShardsReturned));
        Assert.InRange(end.ShardsHedged, 1, 99);
        // The one that was too late is not left working for nothing.
        await stuck.WhenGivenUp.WaitAsync(TimeSpan.FromMinutes(1), Token);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Sample_that_kills_its_silos_is_recorded_and_the_last_replica_finishes_the_run()
    {
        EvaluationCluster? cluster = null;
        WatchedModel[] models = [.. Enumerable.Range(1, 3).Select(number => new WatchedModel { Before = (prompt, token) => KillAsync(number, prompt, token) })];
        await using (cluster = await EvaluationCluster.StartAsync(
            models, new InMemoryBenchmarks(imagesOfQuestions: 40), configure: options => (options.AttemptsLimit, options.ShardsInFlight) = (2, 1)))
        {
            RunId run = await cluster.StartRunAsync(new RunRequest { Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = 1 });
            RunProgress end = await cluster.WatchToTheEndAsync(run);
            Assert.Equal((RunPhase.Completed, 1), (end.Phase, end.Benchmarks.Sum(benchmark => benchmark.Failed) - 1));
            Prediction lost = Assert.Single(cluster.Store.AllPredictions(run), IsLost);
            Assert.Contains("the replica's process was lost", lost.Failure!.Message, StringComparison.Ordinal);
            Assert.Equal(40, cluster.Store.AllPredictions(run).Length);
        }

        async Task KillAsync(int number, string prompt, CancellationToken cancellationToken)
        {
            if (!IsQuestion5(prompt))
                return;
            // Not awaited: the silo would wait for the request that waits for its end.
            _ = cluster!.KillAsync(number);
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    [Fact]
    public async Task Replica_that_fails_always_costs_no_sample_while_another_works()
    {
        var broken = new WatchedModel { Before = (_, _) => throw new InvalidOperationException("no device") };
        await using var cluster = await EvaluationCluster.StartAsync([broken, new WatchedModel()]);
        RunId run = await cluster.StartRunAsync();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Replica_with_another_model_is_not_used()
    {
        WatchedModel ours = new(), stranger = new("another model");
        await using var cluster = await EvaluationCluster.StartAsync([ours, stranger]);
        RunId run = await cluster.StartRunAsync();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        Assert.Empty(stranger.Prompts);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Run_that_is_started_again_computes_nothing_again()
    {
        var model = new WatchedModel();
        var store = new InMemoryRunStore();
        RunId run;
        await using (var cluster = await EvaluationCluster.StartAsync([model], store: store))
        {
            run = await cluster.StartRunAsync();
            await cluster.WatchToTheEndAsync(run);
        }

        int asked = model.Prompts.Count;
        // Another cluster, another coordinator: only the store remembers.
        await using var second = await EvaluationCluster.StartAsync([model], store: store);
        Assert.Equal(run, await second.StartRunAsync());
        RunProgress end = await second.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, second.Benchmarks.Samples), (end.Phase, end.Resumed));
        Assert.Equal(asked, model.Prompts.Count);
    }

    [Fact]
    public async Task Run_that_is_cancelled_continues_where_it_stopped()
    {
        var model = new WatchedModel { HoldAfter = 15 };
        await using var cluster = await EvaluationCluster.StartAsync([model]);
        RunId run = await cluster.StartRunAsync();
        await model.WhenItHolds.WaitAsync(Token);
        await cluster.Run(run).CancelAsync(Token);
        RunProgress cancelled = await cluster.Run(run).GetProgressAsync(Token);
        Assert.Equal(RunPhase.Cancelled, cancelled.Phase);
        ImmutableArray<Prediction> stored = cluster.Store.AllPredictions(run);
        Assert.InRange(stored.Length, 1, cluster.Benchmarks.Samples - 1);
        ImmutableArray<Prediction> kept =
            [
                .. stored.Where(prediction => prediction.Failure is null),
                .. cluster.Store.Partials.Values.SelectMany(lines => PredictionLines.Read(lines, "kept")),
            ];
        int resumed = kept.Length + stored.Count(prediction => prediction.Failure is not null);
        model.Release();
        Assert.Equal(run, await cluster.StartRunAsync());
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, resumed), (end.Phase, end.Resumed));
        // What was in flight when the run was cancelled may be asked again; what was answered may not.
        string[] asked = [.. model.Prompts];
        Assert.All(kept, prediction => Assert.Single(asked, prompt => prompt == prediction.Prompt));
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Run_whose_store_breaks_fails_and_continues_when_it_is_mended()
    {
        await using var cluster = await EvaluationCluster.StartAsync(Models(2));
        cluster.Store.Broken = new IOException("The disk is full.");
        RunId run = await cluster.StartRunAsync();
        RunProgress failed = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(
            (RunPhase.Failed, "IOException: The disk is full. What is stored stays; start the run again to continue it."), (failed.Phase, failed.Problem));
        cluster.Store.Broken = null;
        Assert.Equal(run, await cluster.StartRunAsync());
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Run_whose_benchmark_changed_since_is_not_continued()
    {
        var model = new WatchedModel { HoldAfter = 15 };
        await using var cluster = await EvaluationCluster.StartAsync([model]);
        RunId run = await cluster.StartRunAsync();
        await model.WhenItHolds.WaitAsync(Token);
        await cluster.Run(run).CancelAsync(Token);
        cluster.Benchmarks.Change(InMemoryBenchmarks.Gqa);
        await cluster.Run(run).ResumeAsync(null, Token);
        RunProgress failed = await cluster.WatchToTheEndAsync(run);
        Assert.Equal(RunPhase.Failed, failed.Phase);
        Assert.EndsWith("benchmarks.gqa.digests.test.json: stored \"digest of gqa\", requested \"changed\"", failed.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_that_does_not_exist_says_so()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunProgress progress = await cluster.Run(new RunId("nowhere")).GetProgressAsync(Token);
        Assert.Equal(RunPhase.Failed, progress.Phase);
        Assert.Contains("'nowhere'", progress.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replica_that_shuts_down_finishes_or_returns_its_shards_and_the_run_goes_on()
    {
        WatchedModel[] models = [new() { HoldAfter = 9 }, new() { HoldAfter = 9 }];
        await using var cluster = await EvaluationCluster.StartAsync(models);
        RunId run = await cluster.StartRunAsync();
        await Task.WhenAll(models.Select(model => model.WhenItHolds)).WaitAsync(Token);
        Task stopping = cluster.StopAsync(2);
        foreach (WatchedModel model in models)
            model.Release();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        await stopping;
        await AssertPredictedAsync(cluster, run);
    }

    [Fact]
    public async Task Replica_that_shuts_down_with_work_in_hand_is_not_to_blame_for_it()
    {
        WatchedModel[] models = [new() { HoldAfter = 9 }, new() { HoldAfter = 9 }];
        await using var cluster = await EvaluationCluster.StartAsync(models);
        RunId run = await cluster.StartRunAsync();
        await Task.WhenAll(models.Select(model => model.WhenItHolds)).WaitAsync(Token);
        await cluster.StopAsync(2);
        models[0].Release();
        RunProgress end = await cluster.WatchToTheEndAsync(run);
        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.ShardsReturned));
        await AssertPredictedAsync(cluster, run);
    }

    private static IEnumerable<IVisionLanguageModel> Models(int count) => Enumerable.Range(0, count).Select(_ => new WatchedModel());

    private static bool IsQuestion5(string prompt) => prompt.EndsWith("Question 5?", StringComparison.Ordinal);

    private static bool IsLost(Prediction prediction) => prediction.Failure?.Kind == SampleFailureKind.ReplicasLost;

    /// <summary>Compares with what one model says about every sample, without a cluster: the same bytes.</summary>
    private static async Task AssertPredictedAsync(EvaluationCluster cluster, RunId run, Prediction? lost = null)
    {
        var evaluation = new SampleEvaluation(new WatchedModel(), cluster.Benchmarks);
        var expected = new List<Prediction>();
        foreach (Benchmark benchmark in cluster.Benchmarks.All)
        {
            await foreach (PartPrediction answer in evaluation.EvaluateAsync([new EvaluationPart(benchmark.Definition, benchmark.Samples)], Token))
                expected.Add(answer.Prediction);
        }

        var benchmarks = cluster.Store.Manifest(run).Benchmarks.Select(benchmark => benchmark.Definition.Name).ToHashSet();
        var answers = expected.Where(prediction => benchmarks.Contains(prediction.Benchmark))
            .Select(prediction => prediction.Sample.Id == lost?.Sample.Id ? lost : prediction);
        Assert.Equal(
            PredictionLines.Write(InMemoryRunStore.Sort(cluster.Store.Manifest(run), answers)), PredictionLines.Write(cluster.Store.AllPredictions(run)));
        Assert.Equal(0, cluster.Store.SecondWrites);
    }
}
