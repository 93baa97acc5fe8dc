namespace TinyGptV.Cluster.Placement;

/// <summary>A background task of a silo, from joining the cluster until it stops.</summary>
internal abstract class SiloDuty : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _attending = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    /// <summary>Runs until the silo stops. The silo's start does not wait for it, nor for its synchronous part.</summary>
    protected abstract Task AttendAsync(CancellationToken stop);

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _attending = BeginAsync();
        return Task.CompletedTask;
    }

    private async Task BeginAsync()
    {
        await Task.Yield();
        await AttendAsync(_stop.Token);
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _attending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
