using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>Keeps one replica busy with one run's leases, as long as it lives on the silo that it was found on.</summary>
/// <param name="scope">The dispatch of the run.</param>
/// <param name="connection">The replica on the silo that it was found on.</param>
internal sealed class ReplicaWorker(DispatchScope scope, ReplicaConnection connection)
{
    private DispatchServices Services => scope.Services;

    private RunInWork Run => scope.Run;

    private string Replica => connection.Replica;

    /// <summary>
    /// After a loss the replica's other leases are finished if they can be, and it is asked for its model before it gets more. One that
    /// shuts down finishes what it has.
    /// </summary>
    private bool MayTakeMore =>
        scope.MayTakeMore && connection.IsUp && connection.Silo.Equals(Services.Discovery.FindSiloOf(Replica));

    /// <summary>Works until the replica is lost or the run has nothing more to give out.</summary>
    /// <param name="isNewModel">True once for each replica that has another model than the run's.</param>
    public async Task WorkAsync(Predicate<string> isNewModel)
    {
        if (!await IsUsableAsync(isNewModel))
            return;
        Run.Join(Replica);
        Services.Instruments.ReplicaJoined();
        DispatchLog.Joined(Services.Log, scope.RunId, Replica);
        try
        {
            // One more than there are slots: a run that wants to go on has its claim in before a slot is given away.
            await Task.WhenAll(Enumerable.Range(0, Services.Options.ShardsInFlight + 1).Select(_ => KeepBusyAsync()));
        }
        finally
        {
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
            return true;
        // It may have the run's model at any time: switched back to it, or loaded.
        scope.Pauses.Unusable(Replica);
        if (model is not null && isNewModel(Replica))
            DispatchLog.OtherModel(Services.Log, scope.RunId, Replica, model.Identity.Name, Run.Manifest.Model.Name);
        return false;
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
                    await changed.WaitAsync(giveUp.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            }
        }
        catch
        {
            // Only the store, a hopeless run or a bug ends here: no other worker may go on as if nothing had happened.
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
