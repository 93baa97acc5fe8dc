using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;
using Polly.Timeout;
using TinyGptV.Cluster.Replicas;

namespace TinyGptV.Cluster.Tests.Replicas;

public sealed class ReplicaPipelinesTests : IDisposable
{
    private static readonly ReplicaResilience Hurried = new() { FirstPause = TimeSpan.FromMilliseconds(1), CallTimeout = TimeSpan.FromMinutes(1) };

    private readonly MovedTime _time = new();
    private readonly ReplicaPipelines _pipelines;
    private int _calls;

    public ReplicaPipelinesTests() => _pipelines = new ReplicaPipelines(Hurried, _time);

    public void Dispose() => _pipelines.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CallAsync_retries_a_call_that_fails_once()
    {
        Assert.Equal(2, await _pipelines.CallAsync("a", _ => ++_calls == 1 ? throw new SiloUnavailableException() : Task.FromResult(_calls), Token));
        Assert.Equal(CircuitState.Closed, _pipelines.CircuitOf("a"));
    }

    [Fact]
    public async Task CallAsync_throws_the_failure_after_the_last_try()
    {
        await Assert.ThrowsAsync<SiloUnavailableException>(() => FailAsync("a"));
        Assert.Equal(1 + Hurried.MaxRetries, _calls);
    }

    [Fact]
    public async Task CallAsync_without_an_answer_ends_even_if_the_callee_ignores_the_token()
    {
        using var impatient = new ReplicaPipelines(Hurried with { CallTimeout = TimeSpan.FromMilliseconds(10) }, _time);

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => impatient.CallAsync("a", _ => Count(new TaskCompletionSource<int>().Task), Token));

        Assert.Equal(1 + Hurried.MaxRetries, _calls);
    }

    [Fact]
    public async Task CallAsync_cancelled_ends_at_once_and_is_not_a_failure_of_the_replica()
    {
        foreach (int _ in Enumerable.Range(0, 10))
        {
            using var giveUp = new CancellationTokenSource();
            Task<int> call = _pipelines.CallAsync("a", _ => Count(new TaskCompletionSource<int>().Task), giveUp.Token);
            await giveUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Token));
        }

        Assert.Equal((10, CircuitState.Closed), (_calls, _pipelines.CircuitOf("a")));
    }

    [Fact]
    public async Task CallAsync_failing_replica_is_not_called_for_a_while_but_others_are()
    {
        await Assert.ThrowsAsync<SiloUnavailableException>(() => FailAsync("a"));
        await Assert.ThrowsAnyAsync<Exception>(() => FailAsync("a"));
        Assert.Equal((CircuitState.Open, CircuitState.Closed), (_pipelines.CircuitOf("a"), _pipelines.CircuitOf("b")));
        int before = _calls;

        await Assert.ThrowsAsync<BrokenCircuitException>(() => FailAsync("a"));
        Assert.Equal(before, _calls);
        Assert.Equal(7, await _pipelines.CallAsync("b", _ => Task.FromResult(7), Token));
        _time.Advance(Hurried.BreakFor);
        Assert.Equal(8, await _pipelines.CallAsync("a", _ => Task.FromResult(8), Token));
        Assert.Equal(CircuitState.Closed, _pipelines.CircuitOf("a"));
    }

    [Fact]
    public async Task Meter_reports_the_tries_of_each_replica()
    {
        var told = new ConcurrentQueue<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Polly")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<int>((_, _, tags, _) => told.Enqueue(Describe(tags)));
        listener.Start();

        await Assert.ThrowsAsync<SiloUnavailableException>(() => FailAsync("metered"));

        Assert.Contains("OnRetry of replica metered", told);
    }

    private static string Describe(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        Dictionary<string, object?> values = new(tags.ToArray());
        return $"{values.GetValueOrDefault("event.name")} of {values.GetValueOrDefault("pipeline.name")} {values.GetValueOrDefault("pipeline.instance")}";
    }

    private Task<int> FailAsync(string replica) => _pipelines.CallAsync(replica, _ => Count(Task.FromException<int>(new SiloUnavailableException())), Token);

    private Task<int> Count(Task<int> answer)
    {
        _calls++;
        return answer;
    }

    /// <summary>A clock that can be moved, with the system's timers.</summary>
    private sealed class MovedTime : TimeProvider
    {
        private TimeSpan _moved;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _moved;

        public void Advance(TimeSpan time) => _moved += time;
    }
}
