using System.Reflection;
using TinyGptV.Cli.Membership;

namespace TinyGptV.Cli.Tests.Membership;

public sealed class GatewayLossTests
{
    private readonly GatewayLoss _loss = new();
    private readonly TaskCompletionSource _answer = new();

    [Fact]
    public async Task Call_under_way_ends_when_a_gateway_is_lost()
    {
        Task call = _loss.Invoke(CallThatEndsWith(_answer.Task));
        _loss.OnGatewayCountChanged(null, new GatewayCountChangedEventArgs(3, 2));
        Assert.False(call.IsCompleted);

        _loss.OnGatewayCountChanged(null, new GatewayCountChangedEventArgs(2, 3));

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call);
    }

    [Fact]
    public async Task Call_after_the_loss_is_not_touched_by_it()
    {
        _loss.OnGatewayCountChanged(null, new GatewayCountChangedEventArgs(1, 2));
        Task call = _loss.Invoke(CallThatEndsWith(_answer.Task));

        _answer.SetResult();

        await call;
    }

    [Fact]
    public async Task Failure_of_the_call_itself_is_passed_on() =>
        await Assert.ThrowsAsync<TimeoutException>(() => _loss.Invoke(CallThatEndsWith(Task.FromException(new TimeoutException()))));

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
