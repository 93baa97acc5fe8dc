using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Replicas;

public class ReplicaDrainTests
{
    private static readonly RunId Run = RunId.Parse("run");

    private readonly ReplicaDrain _drain = new(new ReplicaModels([]), new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DrainAsync_nothing_in_hand_is_over_at_once() => Assert.True(await _drain.DrainAsync(Token));

    [Fact]
    public async Task DrainAsync_waits_for_what_is_in_hand_and_takes_nothing_more()
    {
        IDisposable first = _drain.Begin("r1", Run), second = _drain.Begin("r1", Run);
        Task<bool> drained = _drain.DrainAsync(Token);

        Assert.Contains("'r1' drains", Assert.Throws<ReplicaDrainingException>(() => _drain.Begin("r1", Run)).Message, StringComparison.Ordinal);
        first.Dispose();
        Assert.False(drained.IsCompleted);
        second.Dispose();
        Assert.True(await drained);
    }

    [Fact]
    public async Task DrainAsync_grace_is_over_says_that_work_is_left()
    {
        using IDisposable work = _drain.Begin("r1", Run);
        using var grace = new CancellationTokenSource();
        Task<bool> drained = _drain.DrainAsync(grace.Token);

        await grace.CancelAsync();

        Assert.False(await drained);
    }
}
