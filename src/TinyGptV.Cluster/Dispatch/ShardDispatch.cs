using TinyGptV.Evaluation;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Moves work between ledger, replicas and store until one run is complete. Each live replica has a worker, each worker a few leases in
/// flight. All of it runs in turns of the run's grain; nothing here is called concurrently.
/// </summary>
/// <param name="services">What every dispatch uses.</param>
/// <param name="run">The run.</param>
internal sealed class ShardDispatch(DispatchServices services, ActiveRun run)
{
    /// <summary>
    /// Returns when every shard has stored predictions, or when the run winds down and nothing is in flight any more. Replicas may
    /// come and go; without replicas the run waits.
    /// </summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="PrerequisiteException">Every replica fails on all its work, or no replica can read what the run needs.</exception>
    /// <exception cref="Exception">The store cannot be written; stored shards stay.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scope = new DispatchScope(services, run, new ReplicaPauses(services.Options, services.Time), stop);
        var workers = new ReplicaWorkers(scope);
        var keeping = new AnswerKeeping(services, run);
        services.Instruments.RunBegins(scope.RunId, scope.Pauses);
        Task kept = keeping.KeepAsync(stop.Token);
        try
        {
            while (scope.IsActive && !stop.IsCancellationRequested)
            {
                workers.DeclareGone();
                workers.StartForLiveReplicas();
                services.Instruments.QueueIs(scope.RunId, run.Ledger.SamplesWaiting);
                await workers.WhenAnyEndsAsync(Task.Delay(services.Options.DiscoveryInterval, services.Time, stop.Token));
                if (run.Storage.Checks.WhyNone(services.Discovery.FindLive()) is { } problem)
                    throw new PrerequisiteException(problem);
                // A worker that found nothing to do may find a straggler by now.
                run.WorkChanged.Raise();
            }
        }
        finally
        {
            await stop.CancelAsync();
            try
            {
                await workers.WhenAllEndAsync();
            }
            finally
            {
                await kept;
                await keeping.EndAsync();
                services.Instruments.RunEnds(scope.RunId);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
    }
}
