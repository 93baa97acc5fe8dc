using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public class RunCatalogTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StartAsync_NoReplica_SaysSo()
    {
        await using var cluster = await EvaluationCluster.StartAsync([]);
        RunStart start = await cluster.Catalog.StartAsync(new RunRequest(), Token).SingleAsync(Token);
        Assert.Equal((RunStartStatus.NoReplica, null), (start.Status, start.Run));
        Assert.NotNull(start.Problem);
    }

    [Fact]
    public async Task StartAsync_Request_IsDescribedInTheManifest()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunId run = await cluster.StartRunAsync(
            new RunRequest { Run = new RunId("mine"), Benchmarks = [InMemoryBenchmarks.IconQa, InMemoryBenchmarks.Gqa], ShardSize = 3, Limit = 5 });
        Assert.Equal("mine", run.Value);
        RunManifest manifest = cluster.Store.Manifest(run);
        Assert.Equal((3, 5, "scripted"), (manifest.ShardSize, manifest.Limit, manifest.Model.Digest));
        Assert.Equal([("iconqa", 5, 5), ("gqa", 5, 5)], manifest.Benchmarks.Select(b => (b.Definition.Name.Value, b.Samples, b.Images)));
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        Assert.Equal(10, cluster.Store.AllPredictions(run).Length);
    }

    [Fact]
    public async Task StartAsync_NameIsTakenByOtherSettings_IsRefusedWithTheDifferences()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        var request = new RunRequest { Run = new RunId("mine"), ShardSize = 4 };
        await cluster.StartRunAsync(request);
        RunStart second = await cluster.Catalog.StartAsync(request with { ShardSize = 8, Limit = 2 }, Token).SingleAsync(Token);
        Assert.Equal((RunStartStatus.Refused, null), (second.Status, second.Run));
        Assert.StartsWith("Run 'mine' exists with different settings", second.Problem, StringComparison.Ordinal);
        Assert.Contains("\n  limit: stored nothing, requested 2\n  shardSize: stored 4, requested 8", second.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_ImageIsMissing_IsRefusedUnlessAPartIsAllowedWhichTheManifestRecords()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()], new InMemoryBenchmarks { KnowsWhatIsMissing = true });
        RunStart refused = await cluster.Catalog.StartAsync(new RunRequest(), Token).SingleAsync(Token);
        RunId part = await cluster.StartRunAsync(new RunRequest { AllowPartial = true });
        RunId chosen = await cluster.StartRunAsync(new RunRequest { Limit = 2 });
        Assert.Equal((RunStartStatus.Refused, null), (refused.Status, refused.Run));
        Assert.StartsWith("Benchmark 'gqa' is incomplete: 1 image is missing: missing.png.", refused.Problem, StringComparison.Ordinal);
        Assert.Equal([1, null], cluster.Store.Manifest(part).Benchmarks.Select(benchmark => benchmark.Incomplete?.MissingImages));
        Assert.Equal([null, null], cluster.Store.Manifest(chosen).Benchmarks.Select(benchmark => benchmark.Incomplete));
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(part)).Phase);
        Assert.Equal(part, await cluster.StartRunAsync(new RunRequest { AllowPartial = true }));
    }

    [Fact]
    public async Task StartAsync_SameSettings_IsTheSameRunAndOthersAreAnother()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunId first = await cluster.StartRunAsync();
        Assert.Equal(first, await cluster.StartRunAsync());
        Assert.NotEqual(first, await cluster.StartRunAsync(new RunRequest { ShardSize = 5 }));
    }

    [Fact]
    public async Task StartAsync_WhatAUserCanGetWrong_IsRefusedNotThrown()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        var problems = new List<string?>();
        foreach (RunRequest request in (RunRequest[])
            [
                new() { Benchmarks = [new BenchmarkName("nothing")] },
                new() { Benchmarks = [InMemoryBenchmarks.Gqa, InMemoryBenchmarks.Gqa] },
                new() { ShardSize = 0 },
                new() { Limit = 0 },
                new() { Run = new RunId("../up") },
            ])
        {
            RunStart start = await cluster.Catalog.StartAsync(request, Token).SingleAsync(Token);
            Assert.Equal(RunStartStatus.Refused, start.Status);
            problems.Add(start.Problem);
        }

        Assert.Equal(
            [
                "There is no benchmark 'nothing'.",
                "Every benchmark is named once; found 'gqa' twice. Name it once.",
                "A shard has at least 1 sample; found 0. Ask for a larger shard size.",
                "At least 1 sample of each benchmark is evaluated; found a limit of 0. Leave the limit out for all.",
                "A run's name has 1 to 100 letters, digits, '-', '_' or '.', and begins with a letter or digit; found '../up'. Choose another name.",
            ],
            problems);
    }

    [Fact]
    public async Task ListAsync_RunsOfTheStore_TellsWhereTheyStand()
    {
        var held = new WatchedModel { HoldAfter = 20 };
        await using var cluster = await EvaluationCluster.StartAsync([held]);
        RunId complete = await cluster.StartRunAsync(new RunRequest { Run = new RunId("a"), Benchmarks = [InMemoryBenchmarks.IconQa] });
        await cluster.WatchToTheEndAsync(complete);
        RunId cancelled = await cluster.StartRunAsync(new RunRequest { Run = new RunId("b"), ShardSize = 4 });
        await cluster.WatchUntilAsync(cancelled, progress => progress.Benchmarks.Any(benchmark => benchmark.Predicted > 0));
        await cluster.Run(cancelled).CancelAsync(Token);
        int failed = cluster.Store.AllPredictions(complete).Count(prediction => prediction.Failure is not null);
        cluster.Store.ForgetWhatWasRead();
        await using var second = await EvaluationCluster.StartAsync([], store: cluster.Store);
        var runs = await second.Catalog.ListAsync(Token).ToArrayAsync(Token);
        Assert.Equal(["a Completed", "b Cancelled"], runs.Select(run => $"{run.Run} {run.Phase}"));
        Assert.Equal([new BenchmarkProgress(InMemoryBenchmarks.IconQa, 7, 7, failed)], runs[0].Benchmarks);
        Assert.Equal([cancelled], cluster.Store.RunsReadBack); // what is complete is not counted again
        Assert.Equal(cluster.Store.AllPredictions(cancelled).Length, runs[1].Benchmarks.Sum(benchmark => benchmark.Predicted));
    }

    [Fact]
    public async Task StartAsync_whose_coordinator_dies_while_it_reads_benchmarks_is_begun_again_by_another()
    {
        await using var cluster = await EvaluationCluster.StartAsync(
            [new WatchedModel()], new InMemoryBenchmarks { HoldsFirstRead = true }, coordinators: 2, entersByReplicas: true);
        Task<RunId> started = cluster.StartRunAsync();
        await cluster.Benchmarks.WhenFirstReadBegins.WaitAsync(Token);
        await cluster.KillAsync(await cluster.HomeOfAsync(cluster.Catalog));
        // The client's way into the cluster lives on, but its call is lost without a word: short calls find that out.
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(await started)).Phase);
    }

    [Fact]
    public async Task StartAsync_BenchmarksOfANewRun_AreReadOnce()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunId run = await cluster.StartRunAsync();
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        Assert.Equal(["gqa", "iconqa"], cluster.Benchmarks.Reads.Select(name => name.Value));
        Assert.Null(cluster.Handover.Take(run));
    }

    [Fact]
    public async Task StartAsync_RunThatIsUnderWayOrComplete_KeepsNothingOfWhatWasRead()
    {
        var held = new WatchedModel { HoldAfter = 15 };
        await using var cluster = await EvaluationCluster.StartAsync([held]);
        RunId run = await cluster.StartRunAsync();
        await held.WhenItHolds.WaitAsync(Token);
        Assert.Equal(run, await cluster.StartRunAsync());
        Assert.Null(cluster.Handover.Take(run));
        held.Release();
        await cluster.WatchToTheEndAsync(run);
        Assert.Equal(run, await cluster.StartRunAsync());
        Assert.Null(cluster.Handover.Take(run));
        Assert.Equal(6, cluster.Benchmarks.Reads.Length); // two for each request
    }

    [Fact]
    public async Task StartAsync_RunsOfSeveralClientsAtOnce_ReadBenchmarksOnceEach()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunId[] runs = await Task.WhenAll(Enumerable.Range(3, 4).Select(size => cluster.StartRunAsync(new RunRequest { ShardSize = size })));
        foreach (RunId run in runs)
            Assert.Equal((RunPhase.Completed, 47), ((await cluster.WatchToTheEndAsync(run)).Phase, cluster.Store.AllPredictions(run).Length));
        Assert.Equal(4 * 2, cluster.Benchmarks.Reads.Length);
    }
}
