using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Replicas;

public class ReplicaDrainTests
{
    private static readonly RunId Run = RunId.Parse("run");

    private readonly ReplicaDrain _drain = DrainOf();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static ReplicaDrain DrainOf(params ReplicaModel[] models) =>
        new(new ReplicaModels(models), new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    [Fact]
    public async Task DrainAsync_without_work_ends_at_once() => Assert.True(await _drain.DrainAsync(Token));

    [Fact]
    public async Task DrainAsync_waits_for_work_in_flight_and_takes_no_more()
    {
        IDisposable first = _drain.Begin("r1", Run), second = _drain.Begin("r1", Run);
        Task<bool> drained = _drain.DrainAsync(Token);

        Assert.Contains("'r1' is draining", Assert.Throws<ReplicaUnavailableException>(() => _drain.Begin("r1", Run)).Message, StringComparison.Ordinal);
        first.Dispose();
        Assert.False(drained.IsCompleted);
        second.Dispose();
        Assert.True(await drained);
    }

    [Fact]
    public async Task DrainAsync_stops_loading_a_model()
    {
        var endless = new HeldModel(new WatchedModel("b"), "b") { Before = token => Task.Delay(Timeout.Infinite, token) };
        await using ReplicaModel replica = new HeldModel(new WatchedModel("a"), "a").As("r1", endless);
        replica.Load(new ModelRequest(Guid.NewGuid(), "b"), out _);
        await endless.WhenAsked.WaitAsync(Token);

        Assert.True(await DrainOf(replica).DrainAsync(Token));
    }

    [Fact]
    public async Task DrainAsync_abandons_an_unstoppable_load_after_the_grace_period()
    {
        var stubborn = new TaskCompletionSource();
        var endless = new HeldModel(new WatchedModel("b"), "b") { Before = _ => stubborn.Task };
        ReplicaModel replica = new HeldModel(new WatchedModel("a"), "a").As("r1", endless);
        replica.Load(new ModelRequest(Guid.NewGuid(), "b"), out _);
        using var grace = new CancellationTokenSource();
        Task<bool> drained = DrainOf(replica).DrainAsync(grace.Token);

        Assert.False(drained.IsCompleted);
        await grace.CancelAsync();

        Assert.False(await drained);
        // The end of the process does not wait for it either.
        await replica.DisposeAsync().AsTask().WaitAsync(Token);
        stubborn.SetResult();
    }

    [Fact]
    public async Task DrainAsync_after_the_grace_period_reports_unfinished_work()
    {
        using IDisposable work = _drain.Begin("r1", Run);
        using var grace = new CancellationTokenSource();
        Task<bool> drained = _drain.DrainAsync(grace.Token);

        await grace.CancelAsync();

        Assert.False(await drained);
    }
}
