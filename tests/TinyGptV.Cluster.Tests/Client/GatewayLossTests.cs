using System.Reflection;
using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cluster.Client;

namespace TinyGptV.Cluster.Tests.Client;

public sealed class GatewayLossTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _told = new() { NewLine = "\n" };
    private readonly GatewayLoss _loss;
    private readonly TaskCompletionSource _answer = new();

    public GatewayLossTests() => _loss = new GatewayLoss(Patience, _told, _time);

    public void Dispose() => _loss.Dispose();

    [Fact]
    public async Task Pending_call_fails_when_a_gateway_is_lost()
    {
        Task call = _loss.Invoke(CallThatEndsWith(_answer.Task));
        Change(from: 2, to: 3);
        Assert.False(call.IsCompleted);

        Change(from: 3, to: 2);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact]
    public async Task Call_after_the_loss_is_not_affected()
    {
        Change(from: 2, to: 1);
        Task call = _loss.Invoke(CallThatEndsWith(_answer.Task));

        _answer.SetResult();

        await call;
    }

    [Fact]
    public async Task Failure_of_the_call_itself_is_rethrown() =>
        await Assert.ThrowsAsync<TimeoutException>(() => _loss.Invoke(CallThatEndsWith(Task.FromException(new TimeoutException()))));

    [Fact]
    public void Cluster_is_lost_when_no_gateway_comes_back_in_time()
    {
        Change(from: 0, to: 1);
        Change(from: 1, to: 0);
        Assert.Equal("No coordinator answers; waiting up to 30 s for one\n", _told.ToString());
        _time.Advance(Patience - TimeSpan.FromTicks(1));
        Assert.False(_loss.Lost.IsCancellationRequested);

        _time.Advance(TimeSpan.FromTicks(1));

        Assert.True(_loss.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Cluster_whose_gateway_comes_back_is_not_lost()
    {
        Change(from: 0, to: 1);
        Change(from: 1, to: 0);
        Change(from: 0, to: 1);

        _time.Advance(2 * Patience);

        Assert.False(_loss.Lost.IsCancellationRequested);
    }

    /// <summary>Events of two threads can arrive in any order.</summary>
    [Fact]
    public void Cluster_is_lost_even_when_loss_events_arrive_out_of_order()
    {
        Change(from: 0, to: 1);
        Change(from: 1, to: 2);
        Change(from: 1, to: 0);
        Change(from: 2, to: 1);

        _time.Advance(Patience);

        Assert.True(_loss.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Client_that_disconnects_loses_nothing()
    {
        Change(from: 0, to: 1);
        _loss.Leave();
        Change(from: 1, to: 0);

        _time.Advance(2 * Patience);

        Assert.False(_loss.Lost.IsCancellationRequested);
        Assert.Empty(_told.ToString());
    }

    private void Change(int from, int to) => _loss.OnGatewayCountChanged(null, new GatewayCountChangedEventArgs(to, from));

    private static IOutgoingGrainCallContext CallThatEndsWith(Task end)
    {
        IOutgoingGrainCallContext call = DispatchProxy.Create<IOutgoingGrainCallContext, CallContext>();
        ((CallContext)call).End = end;
        return call;
    }

    private class CallContext : DispatchProxy
    {
        public Task End { get; set; } = Task.CompletedTask;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => End;
    }
}
