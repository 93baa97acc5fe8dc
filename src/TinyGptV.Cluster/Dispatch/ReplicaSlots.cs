using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// The slots for leases on all replicas, shared by the runs of this coordinator: a few for each replica, given to waiting runs by
/// priority and fair shares. Safe for concurrent use: each run calls from its own grain.
/// </summary>
internal sealed class ReplicaSlots(IOptions<EvaluationClusterOptions> options, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly FairShares<RunId> _shares = new();
    private readonly Dictionary<string, ReplicaQueue> _queues = new(StringComparer.Ordinal);

    /// <summary>Adds a run, or changes its priority.</summary>
    public void Join(RunId run, int priority)
    {
        lock (_lock)
            _shares.Join(run, priority);
    }

    /// <summary>Removes a run, which must have no slot and no waiter.</summary>
    public void Leave(RunId run)
    {
        lock (_lock)
            _shares.Leave(run);
    }

    /// <summary>Waits for a slot on a replica.</summary>
    /// <returns>The slot, to be disposed when the lease has ended; null if the wait was cancelled.</returns>
    public async ValueTask<IDisposable?> TakeAsync(string replica, RunId run, CancellationToken giveUp)
    {
        var waiter = new Waiter(run);
        lock (_lock)
        {
            ReplicaQueue queue = QueueOf(replica);
            queue.Waiting.Add(waiter);
            Give(queue);
        }

        await using (giveUp.Register(() => GiveUp(replica, waiter)))
            return await waiter.Slot.Task;
    }

    private void GiveUp(string replica, Waiter waiter)
    {
        lock (_lock)
        {
            if (QueueOf(replica).Waiting.Remove(waiter))
                waiter.Slot.SetResult(null);
        }
    }

    private ReplicaQueue QueueOf(string replica)
    {
        if (!_queues.TryGetValue(replica, out ReplicaQueue? queue))
            _queues.Add(replica, queue = new ReplicaQueue { Free = options.Value.ShardsInFlight });
        return queue;
    }

    private void Give(ReplicaQueue queue)
    {
        while (queue is { Free: > 0, Waiting.Count: > 0 })
        {
            RunId turn = _shares.Choose(queue.Waiting.Select(waiter => waiter.Run));
            Waiter next = queue.Waiting.First(waiter => waiter.Run == turn);
            queue.Waiting.Remove(next);
            queue.Free--;
            next.Slot.SetResult(new Slot(this, queue, turn, timeProvider.GetTimestamp()));
        }
    }

    private void Leave(ReplicaQueue queue, RunId run, long since)
    {
        lock (_lock)
        {
            _shares.Charge(run, timeProvider.GetElapsedTime(since));
            queue.Free++;
            Give(queue);
        }
    }

    private sealed class ReplicaQueue
    {
        public required int Free { get; set; }

        public List<Waiter> Waiting { get; } = [];
    }

    private sealed class Waiter(RunId run)
    {
        public RunId Run { get; } = run;

        // A waiter must continue in its own run's turn, not in the one that freed the slot.
        public TaskCompletionSource<IDisposable?> Slot { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Slot(ReplicaSlots slots, ReplicaQueue queue, RunId run, long since) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!_left)
                slots.Leave(queue, run, since);
            _left = true;
        }
    }
}
