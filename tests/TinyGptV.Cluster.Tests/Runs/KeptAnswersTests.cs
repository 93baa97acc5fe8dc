using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Tests.Runs;

/// <summary>A shard that is interrupted loses only what is in flight: with 40 samples in one shard, nothing is stored before all are answered.</summary>
public class KeptAnswersTests
{
    private static readonly RunId Name = new("slow");
    private static readonly RunRequest OneShard = new() { Run = Name, Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = 1000, AllowPartial = true };

    /// <summary>The preflight knows the missing image, so no lease ends because of it.</summary>
    private static InMemoryBenchmarks Incomplete => new() { KnowsWhatIsMissing = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_that_is_interrupted_three_times_makes_progress_each_time_and_gives_the_same_bytes()
    {
        var store = new InMemoryRunStore();
        for (int before = 0; before < 27; before += 9)
        {
            var model = new WatchedModel { HoldAfter = 9 };
            await using var cluster = await EvaluationCluster.StartAsync([model], Incomplete, store);
            await cluster.StartRunAsync(OneShard);
            RunProgress slow = await cluster.WatchUntilAsync(Name, progress => AnswersIn(progress) >= before + 9);
            Assert.Equal(before, slow.Resumed);
            await cluster.Run(Name).CancelAsync(Token);
            // What is said to be predicted is kept: the next start asks none of it.
            Assert.Equal(before + 9, AnswersIn(await cluster.Run(Name).GetProgressAsync(Token)));
            Assert.Equal(before + 9, KeptIn(store).Length);
            Assert.Empty(store.AllPredictions(Name));
        }

        string[] kept = [.. KeptIn(store).Select(prediction => prediction.Prompt)];
        var last = new WatchedModel();
        await using var end = await EvaluationCluster.StartAsync([last], Incomplete, store);
        // A run that is not active counts what is kept.
        Assert.Equal(27, (await end.Run(Name).GetProgressAsync(Token)).Benchmarks.Sum(benchmark => benchmark.Predicted));
        await end.StartRunAsync(OneShard);
        RunProgress progress = await end.WatchToTheEndAsync(Name);
        Assert.Equal((RunPhase.Completed, 27), (progress.Phase, progress.Resumed));
        Assert.Equal(39 - 27, last.Prompts.Count);
        Assert.Empty(last.Prompts.Intersect(kept));
        await AssertAsUndisturbedAsync(store);
    }

    [Fact]
    public async Task Run_whose_coordinator_is_killed_loses_only_what_is_in_flight()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        await using var cluster = await EvaluationCluster.StartAsync(
            [model], Incomplete, coordinators: 2, configure: options => options.KeepInterval = TimeSpan.FromMilliseconds(10));
        await cluster.StartRunAsync(OneShard);
        while (KeptIn(cluster.Store).Length < 9)
            await cluster.Store.WhenPartialWrittenAsync(Token).WaitAsync(TimeSpan.FromMinutes(2), Token);
        string[] kept = [.. KeptIn(cluster.Store).Select(prediction => prediction.Prompt)];
        await cluster.KillAsync(await cluster.HomeOfAsync(Name));
        model.Release();
        await cluster.Store.WhenStateIsAsync(Name, RunPhase.Completed).WaitAsync(TimeSpan.FromMinutes(2), Token);
        RunProgress end = await cluster.WatchToTheEndAsync(Name);
        Assert.Equal((RunPhase.Completed, 9), (end.Phase, end.Resumed));
        Assert.All(kept, prompt => Assert.Single(model.Prompts, asked => asked == prompt));
        await AssertAsUndisturbedAsync(cluster.Store);
    }

    [Fact]
    public async Task Replica_that_is_killed_takes_only_what_it_is_asked_with_it()
    {
        var lost = new WatchedModel { HoldAfter = 9 };
        var next = new WatchedModel();
        await using var cluster = await EvaluationCluster.StartAsync([lost], Incomplete);
        await cluster.StartRunAsync(OneShard);
        await cluster.WatchUntilAsync(Name, progress => AnswersIn(progress) >= 9);
        await cluster.KillAsync(1);
        await cluster.AddReplicaAsync(next);
        RunProgress end = await cluster.WatchToTheEndAsync(Name);
        Assert.Equal((RunPhase.Completed, 0), (end.Phase, end.Resumed));
        Assert.Equal(39 - 9, next.Prompts.Count);
        await AssertAsUndisturbedAsync(cluster.Store);
    }

    [Fact]
    public async Task Answer_is_sent_while_the_next_one_takes_long()
    {
        var benchmarks = new InMemoryBenchmarks();
        Benchmark gqa = benchmarks.All.Single(benchmark => benchmark.Definition.Name == InMemoryBenchmarks.Gqa);
        var model = new WatchedModel { HoldAfter = 1 };
        var assignment = new LeaseAssignment(
            Name, [gqa.Definition], [new PartAssignment(new ShardIndex(0), 0, SampleLines.Write(gqa.Samples.Take(2)))], Guid.NewGuid());
        await using var stream = new LeaseWork(TimeProvider.System).EvaluateAsync(new SampleEvaluation(model, benchmarks), assignment, Token)
            .GetAsyncEnumerator(Token);
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal((0, 1, 0, null), (stream.Current.Part, stream.Current.Predicted, stream.Current.Failed, stream.Current.Lines));
        Assert.Equal("gqa", Assert.Single(PredictionLines.Read(stream.Current.Answers, "sent")).Benchmark.Value);
        model.Release();
        Assert.True(await stream.MoveNextAsync());
        Assert.Equal(2, PredictionLines.Read(stream.Current.Lines, "all").Length);
        Assert.Null(stream.Current.Answers);
        Assert.False(await stream.MoveNextAsync());
    }

    private static int AnswersIn(RunProgress progress) => progress.Benchmarks.Sum(benchmark => benchmark.Predicted - benchmark.Failed);

    private static ImmutableArray<Prediction> KeptIn(InMemoryRunStore store) =>
        store.Partials.TryGetValue((Name, new ShardIndex(0)), out byte[]? lines) ? PredictionLines.Read(lines, "kept") : [];

    private static async Task AssertAsUndisturbedAsync(InMemoryRunStore disturbed)
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], Incomplete);
        await cluster.StartRunAsync(OneShard);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(Name)).Phase);
        ReadOnlyMemory<byte> expected = (await cluster.Store.ReadShardAsync(Name, new(0), Token)).Lines;
        Assert.Equal(expected.ToArray(), (await disturbed.ReadShardAsync(Name, new(0), Token)).Lines.ToArray());
        Assert.Empty(disturbed.Partials);
        Assert.Empty(cluster.Store.Partials);
    }
}
