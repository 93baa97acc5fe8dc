namespace TinyGptV.Cli.Membership;

/// <summary>
/// Ends a client's calls when one of its gateways is lost. The framework leaves a call that went through a gateway that died without an
/// answer until its time-out; whoever repeats it reaches the run through another gateway at once. Calls through other gateways end too,
/// which costs one more question each: all calls of a client can be repeated.
/// </summary>
internal sealed class GatewayLoss : IOutgoingGrainCallFilter
{
    private volatile TaskCompletionSource _loss = NewLoss();

    public void OnGatewayCountChanged(object? sender, GatewayCountChangedEventArgs change)
    {
        if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways)
            Interlocked.Exchange(ref _loss, NewLoss()).SetResult();
    }

    /// <exception cref="SiloUnavailableException">A gateway was lost; whether the call was carried out is unknown.</exception>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        Task loss = _loss.Task;
        Task call = context.Invoke();
        if (await Task.WhenAny(call, loss) == loss && !call.IsCompleted)
        {
            call.Ignore();
            throw new SiloUnavailableException("A gateway was lost while the call was under way; whether it was carried out is unknown.");
        }
        await call;
    }

    private static TaskCompletionSource NewLoss() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
