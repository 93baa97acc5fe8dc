using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Runs;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Runs;

public class OwnedRunTests
{
    private static readonly RunId Run = new("a-run");
    private static readonly RunOwner Self = new() { Instance = "self", Place = "process 1" };

    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryRunStore _store = new();
    private readonly EvaluationClusterOptions _options = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DisposeAsync_gives_the_run_up()
    {
        await using (OwnedRun owned = await OwnAsync())
            Assert.False(owned.Lost.IsCancellationRequested);

        Assert.True((await RunOwnership.ReadAsync(_store, Run, Token))!.Value.Ownership.Released);
    }

    [Fact]
    public async Task Owner_renews_at_intervals()
    {
        await using OwnedRun owned = await OwnAsync();
        for (int renewal = 1; renewal <= 3; renewal++)
        {
            Task renewed = NextWriteAsync();
            _time.Advance(_options.OwnershipRenewal);
            await renewed;
        }

        Assert.False(owned.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Owner_that_cannot_renew_stops_before_another_one_may_take_the_run()
    {
        await using OwnedRun owned = await OwnAsync();
        var lost = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
        DateTimeOffset began = _time.GetUtcNow();
        owned.Lost.Register(() => lost.TrySetResult(_time.GetUtcNow() - began));
        _store.BeforeVersionedWrite = _ => throw new IOException("Stale file handle");

        while (!lost.Task.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.InRange(await lost.Task, _options.OwnershipLifetime - _options.OwnershipMargin - _options.OwnershipRenewal, TimeSpan.FromDays(1));
        Assert.Equal("its ownership could not be renewed in time", owned.Reason);
        var watch = new OwnershipWatch("other", _options.OwnershipLifetime);
        var (stored, version) = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value;
        Assert.False(watch.MayTake(stored, version, false, TimeSpan.Zero));
    }

    [Fact]
    public async Task Renewal_whose_answer_was_lost_is_not_taken_for_another_owner()
    {
        await using OwnedRun owned = await OwnAsync();
        var (stored, version) = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value;
        await _store.TryWriteVersionedAsync(Run, RunOwnership.File, version, stored.Renew(_time.GetUtcNow()).ToFile(), Token);

        Task renewed = NextWriteAsync(skip: 1);
        _time.Advance(_options.OwnershipRenewal);
        await renewed;

        Assert.False(owned.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task Run_taken_by_another_owner_is_lost_and_not_given_up_in_its_name()
    {
        await using (OwnedRun owned = await OwnAsync())
        {
            var (stored, version) = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value;
            RunOwnership theirs = RunOwnership.TakenBy(Self with { Instance = "other", Place = "process 2" }, stored, _time.GetUtcNow());
            await _store.TryWriteVersionedAsync(Run, RunOwnership.File, version, theirs.ToFile(), Token);
            var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            owned.Lost.Register(lost.SetResult);
            _time.Advance(_options.OwnershipRenewal);
            await lost.Task.WaitAsync(Token);
            Assert.Equal("the process 2 took it", owned.Reason);
        }

        RunOwnership last = (await RunOwnership.ReadAsync(_store, Run, Token))!.Value.Ownership;
        Assert.Equal(("other", 2, false), (last.Owner.Instance, last.Generation, last.Released));
    }

    private async Task<OwnedRun> OwnAsync()
    {
        RunOwnership mine = RunOwnership.TakenBy(Self, null, _time.GetUtcNow());
        string? version = await _store.TryWriteVersionedAsync(Run, RunOwnership.File, null, mine.ToFile(), Token);
        return new OwnedRun(_store, Run, mine, version!, _time.GetTimestamp(), _options, _time);
    }

    /// <summary>Ends when the owner writes, after a number of other writes.</summary>
    private Task NextWriteAsync(int skip = 0)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _store.BeforeVersionedWrite = _ =>
        {
            if (skip-- == 0)
                written.TrySetResult();
            return Task.CompletedTask;
        };
        return written.Task.WaitAsync(Token);
    }
}
