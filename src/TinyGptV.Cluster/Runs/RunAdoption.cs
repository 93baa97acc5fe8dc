using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;

namespace TinyGptV.Cluster.Runs;

/// <summary>
/// Runs on every coordinator silo: at its start, when silos come or go, and at intervals, it resumes runs that should be active, so that no run
/// waits for a person because its coordinator died.
/// </summary>
internal sealed partial class RunAdoption(
    IGrainFactory grains,
    IClusterMembershipService membership,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<RunAdoption> logger) : SiloDuty
{
    protected override async Task AttendAsync(CancellationToken stop)
    {
        if (!options.Value.AdoptsRuns)
            return;
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
