using System.Globalization;

namespace TinyGptV.Cluster.Client;

/// <summary>
/// Ends a client's calls when one of its gateways is lost. The framework leaves a call that went through a gateway that died without an
/// answer until its time-out; whoever repeats it reaches the run through another gateway at once. Calls through other gateways end too,
/// which costs one more question each: all calls of a client can be repeated.
/// </summary>
/// <param name="patience">How long there may be no gateway at all before the cluster counts as lost.</param>
/// <param name="notices">Tells people what is waited for.</param>
/// <param name="time">Measures that.</param>
public sealed class GatewayLoss(TimeSpan patience, TextWriter notices, TimeProvider time) : IOutgoingGrainCallFilter, IDisposable
{
    private readonly CancellationTokenSource _lost = new(Timeout.InfiniteTimeSpan, time);
    private volatile TaskCompletionSource _loss = NewLoss();
    private readonly Lock _lock = new();
    private int _connected;
    private bool _leaves;

    /// <summary>Cancelled when there has been no gateway for too long.</summary>
    public CancellationToken Lost => _lost.Token;

    public void OnGatewayCountChanged(object? sender, GatewayCountChangedEventArgs change)
    {
        int difference = change.NumberOfConnectedGateways - change.PreviousNumberOfConnectedGateways;
        Count(difference);
        if (difference < 0)
            Interlocked.Exchange(ref _loss, NewLoss()).SetResult();
    }

    /// <summary>From now on the client itself closes its connections.</summary>
    public void Leave()
    {
        lock (_lock)
            _leaves = true;
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

    public void Dispose() => _lost.Dispose();

    /// <summary>Gateways that die together are told of in any order: what counts is the sum, not the number in the last message.</summary>
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
