using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// A duty of every coordinator silo: when it starts, when silos come or go, and every now and then, runs that should be under way are
/// taken up, so that no run waits for a person because its coordinator died.
/// </summary>
internal sealed partial class RunAdoption(
    IGrainFactory grains,
    IClusterMembershipService membership,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<RunAdoption> logger) : ILifecycleParticipant<ISiloLifecycle>, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private Task _duty = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(nameof(RunAdoption), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    public void Dispose() => _stop.Dispose();

    private Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.AdoptsRuns)
            _duty = AttendAsync(_stop.Token);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _duty.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AttendAsync(CancellationToken stop)
    {
        // The silo's start does not wait for runs.
        await Task.Yield();
        await using var updates = membership.MembershipUpdates.GetAsyncEnumerator(stop);
        Task<bool> update = updates.MoveNextAsync().AsTask();
        while (!stop.IsCancellationRequested)
        {
            await TryAdoptAsync(stop);
            await Task.WhenAny(update, Task.Delay(options.Value.AdoptionInterval, timeProvider, stop));
            if (update.IsCompleted)
                update = updates.MoveNextAsync().AsTask();
        }
    }

    private async Task TryAdoptAsync(CancellationToken stop)
    {
        try
        {
            await grains.GetGrain<IRunCatalogGrain>(0).AdoptAsync(stop).CountAsync(stop).AsTask().WaitAsync(stop);
        }
        catch (Exception exception)
        {
            if (!stop.IsCancellationRequested)
                LogUnanswered(logger, exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Runs could not be taken up now; it is tried again")]
    private static partial void LogUnanswered(ILogger logger, Exception exception);
}
