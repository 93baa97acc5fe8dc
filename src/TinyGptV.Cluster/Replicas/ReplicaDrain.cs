using System.Diagnostics;
using System.Diagnostics.Metrics;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Counts the work in flight on this silo's replicas, and lets it finish before the silo stops.</summary>
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
        _inHand = meters.Create(ClusterMeter.Name)
            .CreateUpDownCounter<long>("tinygptv.replica.work", "{shard}", "Leases in flight on this silo's replicas");
    }

    /// <summary>Takes no more work, stops loading models, and waits for the work in flight. Does nothing if the silo has no replica.</summary>
    /// <param name="cancellationToken">Stops waiting; unfinished work then goes to other replicas.</param>
    /// <returns>True if all work was finished.</returns>
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

    /// <summary>Starts a piece of work; dispose the result to end it.</summary>
    /// <exception cref="ReplicaUnavailableException">The replica takes no more work.</exception>
    internal IDisposable Begin(string replica, RunId run)
    {
        lock (_counting)
        {
            if (_draining)
                throw new ReplicaUnavailableException($"Replica '{replica}' is draining and takes no more work.");
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
