using TinyGptV.Cluster.Replicas;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>The workers of a run, one per usable replica.</summary>
internal sealed class ReplicaWorkers(DispatchScope scope)
{
    private readonly Dictionary<string, (ReplicaConnection Connection, Task Work)> _workers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _otherModels = new(StringComparer.Ordinal);

    private ReplicaDiscovery Discovery => scope.Services.Discovery;

    /// <summary>Starts a worker for every live replica that has none and is not paused.</summary>
    public void StartForLiveReplicas()
    {
        foreach (string replica in Discovery.FindLive().Where(replica => scope.MayTakeMore && MayStart(replica)))
        {
            if (Discovery.FindSiloOf(replica) is { } silo)
                Start(new ReplicaConnection(replica, silo, scope.Pauses, scope.Stop.Token));
        }
    }

    /// <summary>Gives up on the replicas whose silo was declared dead.</summary>
    public void DeclareGone()
    {
        foreach (var (connection, _) in _workers.Values.Where(entry => Discovery.IsGone(entry.Connection.Silo)))
            connection.DeclareGone();
    }

    /// <summary>Waits until a worker ends or the time is up, and removes the workers that ended.</summary>
    /// <exception cref="Exception">A worker ended for another reason than the loss of its replica.</exception>
    public async Task WhenAnyEndsAsync(Task time)
    {
        await Task.WhenAny([time, .. _workers.Values.Select(entry => entry.Work)]);
        foreach (var (connection, work) in _workers.Values.Where(entry => entry.Work.IsCompleted).ToArray())
        {
            _workers.Remove(connection.Replica);
            connection.Dispose();
            await work;
        }
    }

    /// <summary>Waits until every worker has ended.</summary>
    /// <exception cref="Exception">A worker ended for another reason than the loss of its replica or the end of the run.</exception>
    public async Task WhenAllEndAsync()
    {
        Task[] all = [.. _workers.Values.Select(entry => entry.Work)];
        await Task.WhenAll(all).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        foreach (var (connection, _) in _workers.Values)
            connection.Dispose();
        await Task.WhenAll(all.Where(work => work.IsFaulted));
    }

    private bool MayStart(string replica) => !_workers.ContainsKey(replica) && scope.Pauses.MayWork(replica);

    // Log a replica with another model once, not at every attempt.
    private void Start(ReplicaConnection connection) =>
        _workers.Add(connection.Replica, (connection, new ReplicaWorker(scope, connection).WorkAsync(isNewModel: _otherModels.Add)));
}
