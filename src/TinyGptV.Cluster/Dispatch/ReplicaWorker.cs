using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Keeps one replica busy with one run's leases, as long as it stays on the same silo.</summary>
/// <param name="scope">The dispatch of the run.</param>
/// <param name="connection">The replica on its silo.</param>
internal sealed class ReplicaWorker(DispatchScope scope, ReplicaConnection connection)
{
    private DispatchServices Services => scope.Services;

    private ActiveRun Run => scope.Run;

    private string Replica => connection.Replica;

    /// <summary>
    /// After a loss, the replica's other leases go on if they can, but it gets no new ones until a new worker has asked for its model. A replica
    /// that shuts down finishes its leases.
    /// </summary>
    private bool MayTakeMore =>
        scope.MayTakeMore && connection.IsUp && connection.Silo.Equals(Services.Discovery.FindSiloOf(Replica));

    /// <summary>Works until the replica is lost or the run has no more work.</summary>
    /// <param name="isNewModel">True once for each replica that has another model than the run's.</param>
    public async Task WorkAsync(Predicate<string> isNewModel)
    {
        if (!await IsUsableAsync(isNewModel))
            return;
        Run.Join(Replica);
        Run.Storage.Join(Replica, connection.SiloName);
        Services.Instruments.ReplicaJoined();
        DispatchLog.Joined(Services.Log, scope.RunId, Replica);
        try
        {
            // One more than there are slots, so that the run is already queued when one of its slots becomes free.
            await Task.WhenAll(Enumerable.Range(0, Services.Options.ShardsInFlight + 1).Select(_ => KeepBusyAsync()));
        }
        finally
        {
            Run.Storage.Leave(Replica);
            Run.Leave(Replica);
            Services.Instruments.ReplicaLeft();
        }
    }

    private async Task<bool> IsUsableAsync(Predicate<string> isNewModel)
    {
        var (answered, model) = await Services.Discovery.TryDescribeAsync(Replica, connection.Gone);
        if (!answered)
        {
            scope.Pauses.Failed(Replica);
            return false;
        }

        if (model is not null && model.Identity.GivesSameNumbersAs(Run.Manifest.Model))
            return await CanReadAsync();
        // It may load the run's model later, so ask again after a pause.
        scope.Pauses.Unusable(Replica);
        if (model is not null)
            Run.Storage.Checks.HasOtherModel(Replica);
        if (model is not null && isNewModel(Replica))
            DispatchLog.OtherModel(Services.Log, scope.RunId, Replica, model.Identity.Name, Run.Manifest.Model.Name);
        return false;
    }

    private async Task<bool> CanReadAsync()
    {
        StorageCheck check = Run.Storage.CheckFor(connection.SiloName, Run.Manifest);
        StorageFinding? finding = check is { Probes.IsEmpty: true, Suspects.IsEmpty: true }
            ? new StorageFinding(null, [])
            : await Services.Discovery.TryCheckStorageAsync(Replica, check, connection.Gone);
        if (finding is null or { Problem: not null })
            scope.Pauses.Failed(Replica);
        if (finding is { Problem: { } problem })
            Run.CannotRead(Replica, problem);
        if (finding is not { Problem: null })
            return false;
        Run.Storage.Passed(Replica, connection.SiloName, check, finding);
        return true;
    }

    private async Task KeepBusyAsync()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(connection.Gone, Run.WindingDown);
        try
        {
            while (MayTakeMore)
            {
                Task changed = Run.WorkChanged.Next;
                if (!await TryWorkAsync(giveUp.Token))
                    await changed.WaitAsync(giveUp.Token)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch
        {
            // The store failed, the run is hopeless, or there is a bug: stop the other workers too.
            await scope.Stop.CancelAsync();
            throw;
        }
    }

    /// <returns>False if there was nothing to do.</returns>
    private async Task<bool> TryWorkAsync(CancellationToken giveUp)
    {
        // The run's other workers may have done everything while this one waited for its turn.
        using IDisposable? slot = await Services.Slots.TakeAsync(Replica, scope.RunId, giveUp);
        if (slot is null || !MayTakeMore || TryLease() is not { } lease)
            return false;
        Services.Instruments.LeaseGiven(lease);
        if (lease.IsHedge)
            DispatchLog.Hedged(Services.Log, scope.RunId, Replica, lease.Samples);
        await new LeaseAttempt(scope, connection, lease).RunAsync();
        return true;
    }

    private ShardLease? TryLease() => Run.TryLease(Replica, slots: Run.Replicas * Services.Options.ShardsInFlight, IsLate);

    /// <summary>A lease is late when it takes much longer than this replica is expected to need for all of it.</summary>
    private bool IsLate(ShardLease lease) =>
        Run.SinceWhen(lease) is { } since && Run.Sizing.ExpectedFor(Replica, lease.Samples) is { } expected
        && Services.Time.GetElapsedTime(since) >= Max(Services.Options.ShortestHedge, expected * Services.Options.HedgeFactor);

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
