using System.Diagnostics;
using System.Diagnostics.Metrics;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Counts the work that the replicas of this silo have in hand, and lets it end before the silo does.</summary>
public sealed class ReplicaDrain
{
    private readonly Lock _counting = new();
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReplicaModels _models;
    private readonly UpDownCounter<long> _inHand;
    private bool _draining;
    private int _count;

    internal ReplicaDrain(ReplicaModels models, IMeterFactory meters)
    {
        _models = models;
        _inHand = meters.Create(ClusterMeter.Name).CreateUpDownCounter<long>("tinygptv.replica.work", "{shard}", "Work that replicas of this silo have in hand");
    }

    /// <summary>Takes no more work, gives up loading models, and waits until what is in hand is done. Does no harm if the silo holds no replica.</summary>
    /// <param name="cancellationToken">Ends the waiting; what is still in hand ends with the silo then and is done elsewhere.</param>
    /// <returns>True if everything was finished.</returns>
    public async Task<bool> DrainAsync(CancellationToken cancellationToken)
    {
        lock (_counting)
        {
            _draining = true;
            if (_count == 0)
                _empty.TrySetResult();
        }
        Task idle = Task.WhenAll(_empty.Task, _models.StopLoadingAsync());
        await idle.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return idle.IsCompleted;
    }

    /// <summary>Takes a piece of work in hand, until the result is disposed.</summary>
    /// <exception cref="ReplicaUnavailableException">The replica takes no more work.</exception>
    internal IDisposable Begin(string replica, RunId run)
    {
        lock (_counting)
        {
            if (_draining)
                throw new ReplicaUnavailableException($"The replica '{replica}' drains: it was told to stop and takes nothing more.");
            _count++;
        }
        _inHand.Add(1, new KeyValuePair<string, object?>("replica", replica));
        return new Work(this, replica, EvaluationTraces.Evaluating(run, replica));
    }

    private void End(string replica)
    {
        _inHand.Add(-1, new KeyValuePair<string, object?>("replica", replica));
        lock (_counting)
            if (--_count == 0 && _draining)
                _empty.TrySetResult();
    }

    private sealed class Work(ReplicaDrain drain, string replica, Activity? activity) : IDisposable
    {
        public void Dispose()
        {
            activity?.Dispose();
            drain.End(replica);
        }
    }
}
