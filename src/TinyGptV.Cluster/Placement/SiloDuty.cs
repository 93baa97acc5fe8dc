namespace TinyGptV.Cluster.Placement;

/// <summary>Something that a silo does by itself from the moment it is a member until it stops.</summary>
internal abstract class SiloDuty : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _attending = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(GetType().Name, ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    /// <summary>Does it until the silo stops. The silo's start does not wait for it, not even for its beginning.</summary>
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
