using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

/// <summary>Two clusters, or a cluster and a stranger, on one store of runs.</summary>
public class RunOwnershipTests
{
    private static readonly RunRequest Request = new() { Run = new RunId("shared"), Benchmarks = [InMemoryBenchmarks.Gqa], ShardSize = 4 };
    private static readonly RunOwner Stranger = new() { Instance = "stranger", Place = "process 1 on host 'elsewhere'" };

    private readonly InMemoryRunStore _store = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RunId Run => Request.Run!.Value;

    [Fact]
    public async Task Second_cluster_watches_the_run_of_the_first_and_asks_nothing()
    {
        WatchedModel first = new() { HoldAfter = 9 }, second = new();
        await using var working = await EvaluationCluster.StartAsync([first], store: _store);
        await working.StartRunAsync(Request);
        await first.WhenItHolds.WaitAsync(Token);
        await using var watching = await EvaluationCluster.StartAsync([second], store: _store);
        await watching.StartRunAsync(Request);

        RunProgress seen = await watching.WatchUntilAsync(Run, progress => progress.WorkedOnBy is not null);

        Assert.Equal(RunPhase.Running, seen.Phase);
        Assert.Equal(_store.AllPredictions(Run).Length, seen.Benchmarks.Sum(benchmark => benchmark.Predicted));
        Assert.Contains($"The process {Environment.ProcessId} on host", seen.Problem, StringComparison.Ordinal);
        // A stranger's pause or cancellation does not reach the owner, so it is not recorded either.
        Assert.NotNull((await watching.Run(Run).PauseAsync(Token)).WorkedOnBy);
        first.Release();
        Assert.Equal(RunPhase.Completed, (await working.WatchToTheEndAsync(Run)).Phase);
        RunProgress end = await watching.WatchToTheEndAsync(Run);
        Assert.Equal((RunPhase.Completed, 40, null), (end.Phase, end.Resumed, end.WorkedOnBy));
        Assert.Empty(second.Prompts);
        Assert.Equal(0, _store.SecondWrites);
    }

    [Fact]
    public async Task Second_cluster_that_is_interrupted_leaves_the_run_to_the_first()
    {
        WatchedModel first = new() { HoldAfter = 9 };
        await using var working = await EvaluationCluster.StartAsync([first], store: _store);
        await working.StartRunAsync(Request);
        await first.WhenItHolds.WaitAsync(Token);
        await using (var watching = await EvaluationCluster.StartAsync([new WatchedModel()], store: _store))
        {
            await watching.StartRunAsync(Request);
            await watching.WatchUntilAsync(Run, progress => progress.WorkedOnBy is not null);
            await watching.Run(Run).CancelAsync(Token);
        }

        Assert.Equal(RunPhase.Running, (await RunState.ReadAsync(_store, Run, Token))!.Phase);
        first.Release();
        Assert.Equal(RunPhase.Completed, (await working.WatchToTheEndAsync(Run)).Phase);
    }

    [Fact]
    public async Task Owner_that_renews_is_waited_for_and_one_that_has_stopped_renewing_is_replaced()
    {
        var model = new WatchedModel();
        await using var cluster = await EvaluationCluster.StartAsync([model], store: _store, configure: ShortLived);
        RunOwnership theirs = RunOwnership.TakenBy(Stranger, null, DateTimeOffset.UnixEpoch);
        string? version = await _store.TryWriteVersionedAsync(Run, RunOwnership.File, null, theirs.ToFile(), Token);
        await cluster.StartRunAsync(Request);
        await cluster.WatchUntilAsync(Run, progress => progress.WorkedOnBy == Stranger.Place);
        for (int renewal = 0; renewal < 30; renewal++)
        {
            theirs = theirs.Renew(DateTimeOffset.UnixEpoch);
            version = await _store.TryWriteVersionedAsync(Run, RunOwnership.File, version, theirs.ToFile(), Token);
            Assert.NotNull(version);
            await cluster.Run(Run).GetProgressAsync(Token);
        }

        Assert.Empty(model.Prompts);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(Run)).Phase);
        RunOwnership last = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value.Ownership;
        Assert.Equal(2, last.Generation);
        Assert.NotEqual(Stranger.Instance, last.Owner.Instance);
    }

    [Fact]
    public async Task Run_that_another_owner_took_stops_here_and_goes_on_when_it_is_given_up()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        await using var cluster = await EvaluationCluster.StartAsync([model], store: _store, configure: QuickToNotice);
        await cluster.StartRunAsync(Request);
        await model.WhenItHolds.WaitAsync(Token);

        RunOwnership theirs = await TakeAsync(Stranger);

        await cluster.WatchUntilAsync(Run, progress => progress.WorkedOnBy == Stranger.Place);
        await model.WhenGivenUp.WaitAsync(TimeSpan.FromMinutes(1), Token);
        int asked = model.Prompts.Count;
        model.Release();
        var (_, version) = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value;
        Assert.Equal(asked, model.Prompts.Count);
        Assert.NotNull(await _store.TryWriteVersionedAsync(Run, RunOwnership.File, version, theirs.Release(DateTimeOffset.UnixEpoch).ToFile(), Token));
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(Run)).Phase);
        Assert.Equal(40, _store.AllPredictions(Run).Select(prediction => prediction.Sample.Id).Distinct().Count());
        Assert.Equal(0, _store.SecondWrites);
    }

    [Fact]
    public async Task Run_that_was_removed_in_mid_run_is_said_to_be_gone()
    {
        var model = new WatchedModel { HoldAfter = 9 };
        await using var cluster = await EvaluationCluster.StartAsync([model], store: _store, configure: QuickToNotice);
        await cluster.StartRunAsync(Request);
        await model.WhenItHolds.WaitAsync(Token);

        _store.Remove(Run);

        RunProgress end = await cluster.WatchToTheEndAsync(Run);
        Assert.Equal(RunPhase.Failed, end.Phase);
        Assert.Contains("The run 'shared' was removed from its store", end.Problem, StringComparison.Ordinal);
        Assert.DoesNotContain(RunState.File, _store.Reports(Run));
        model.Release();
        await cluster.StartRunAsync(Request);
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(Run)).Phase);
    }

    [Fact]
    public async Task Run_whose_failure_could_not_be_written_is_taken_up_again_by_itself()
    {
        var model = new WatchedModel { HoldAfter = 1 };
        await using var cluster = await EvaluationCluster.StartAsync([model], store: _store);
        await cluster.StartRunAsync(Request);
        await model.WhenItHolds.WaitAsync(Token);
        (_store.Broken, _store.BrokenFiles) = (new IOException("The disk is full."), new IOException("The disk is full."));
        model.Release();
        RunProgress failed = await cluster.WatchToTheEndAsync(Run);
        Assert.Equal(RunPhase.Failed, failed.Phase);
        Assert.EndsWith("A coordinator takes the run up again when its store answers.", failed.Problem, StringComparison.Ordinal);

        Task completed = _store.WhenStateIsAsync(Run, RunPhase.Completed);
        (_store.Broken, _store.BrokenFiles) = (null, null);

        await completed.WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Equal(40, _store.AllPredictions(Run).Length);
    }

    private static void ShortLived(Cluster.Configuration.EvaluationClusterOptions options)
    {
        options.OwnershipLifetime = TimeSpan.FromSeconds(3);
        options.OwnershipMargin = TimeSpan.Zero;
        options.OwnershipRenewal = TimeSpan.FromSeconds(1);
    }

    private static void QuickToNotice(Cluster.Configuration.EvaluationClusterOptions options) => options.OwnershipRenewal = TimeSpan.FromMilliseconds(20);

    /// <summary>Writes an owner over the present one, as one does that counts it as run out.</summary>
    private async Task<RunOwnership> TakeAsync(RunOwner owner)
    {
        while (true)
        {
            var read = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value;
            RunOwnership taken = RunOwnership.TakenBy(owner, read.Ownership, DateTimeOffset.UnixEpoch);
            if (await _store.TryWriteVersionedAsync(Run, RunOwnership.File, read.Version, taken.ToFile(), Token) is not null)
                return taken;
        }
    }
}
