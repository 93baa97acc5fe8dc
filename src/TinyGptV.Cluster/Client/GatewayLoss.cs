using System.Globalization;

namespace TinyGptV.Cluster.Client;

/// <summary>
/// Fails a client's pending calls when one of its gateways is lost. Orleans lets a call through a dead gateway hang until its time-out;
/// a retry reaches the run through another gateway at once. Calls through other gateways fail too, which costs one retry each: all client
/// calls are repeatable.
/// </summary>
/// <param name="patience">How long there may be no gateway before the cluster counts as lost.</param>
/// <param name="notices">Shows the user what the client waits for.</param>
/// <param name="time">The clock.</param>
public sealed class GatewayLoss(TimeSpan patience, TextWriter notices, TimeProvider time) : IOutgoingGrainCallFilter, IDisposable
{
    private readonly CancellationTokenSource _lost = new(Timeout.InfiniteTimeSpan, time);
    private volatile TaskCompletionSource _loss = NewLoss();
    private readonly Lock _lock = new();
    private int _connected;
    private bool _leaves;

    /// <summary>Cancelled when there was no gateway for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    public void OnGatewayCountChanged(object? sender, GatewayCountChangedEventArgs change)
    {
        int difference = change.NumberOfConnectedGateways - change.PreviousNumberOfConnectedGateways;
        Count(difference);
        if (difference < 0)
            Interlocked.Exchange(ref _loss, NewLoss()).SetResult();
    }

    /// <summary>Call before the client closes its own connections: from now on their loss is expected.</summary>
    public void Leave()
    {
        lock (_lock)
            _leaves = true;
    }

    /// <exception cref="SiloUnavailableException">A gateway was lost; the call may or may not have run.</exception>
    public async Task Invoke(IOutgoingGrainCallContext context)
    {
        Task loss = _loss.Task;
        Task call = context.Invoke();
        if (await Task.WhenAny(call, loss) == loss && !call.IsCompleted)
        {
            call.Ignore();
            throw new SiloUnavailableException("Lost a gateway during a call; the call may or may not have run.");
        }
        await call;
    }

    public void Dispose() => _lost.Dispose();

    /// <summary>Events of gateways that die together arrive in any order, so add up the differences; the last event's number may be wrong.</summary>
    private void Count(int difference)
    {
        lock (_lock)
        {
            _connected += difference;
            if (_leaves)
                return;
            if (_connected == 0)
                notices.WriteLine(string.Create(CultureInfo.InvariantCulture, $"No coordinator answers; waiting up to {patience.TotalSeconds:0} s for one"));
            _lost.CancelAfter(_connected == 0 ? patience : Timeout.InfiniteTimeSpan);
        }
    }

    private static TaskCompletionSource NewLoss() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
