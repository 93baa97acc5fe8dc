using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// The places for leases on all replicas, shared by the runs of this coordinator: a few for each replica, given to waiting runs by
/// priority and fair shares. Safe for concurrent use: every run asks from turns of its own.
/// </summary>
internal sealed class ReplicaSlots(IOptions<EvaluationClusterOptions> options, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly FairShares<RunId> _shares = new();
    private readonly Dictionary<string, Places> _places = new(StringComparer.Ordinal);

    /// <summary>Lets a run take part, or gives it another priority.</summary>
    public void Join(RunId run, int priority)
    {
        lock (_lock)
            _shares.Join(run, priority);
    }

    /// <summary>Lets a run take part no more; it has nothing and waits for nothing.</summary>
    public void Leave(RunId run)
    {
        lock (_lock)
            _shares.Leave(run);
    }

    /// <summary>Waits for a place on a replica.</summary>
    /// <returns>The place, to be disposed when the lease is over; null if the waiting was given up.</returns>
    public async ValueTask<IDisposable?> TakeAsync(string replica, RunId run, CancellationToken giveUp)
    {
        var waiter = new Waiter(run);
        lock (_lock)
        {
            Places places = PlacesOf(replica);
            places.Waiting.Add(waiter);
            Give(places);
        }

        await using (giveUp.Register(() => GiveUp(replica, waiter)))
            return await waiter.Place.Task;
    }

    private void GiveUp(string replica, Waiter waiter)
    {
        lock (_lock)
        {
            if (PlacesOf(replica).Waiting.Remove(waiter))
                waiter.Place.SetResult(null);
        }
    }

    private Places PlacesOf(string replica)
    {
        if (!_places.TryGetValue(replica, out Places? places))
            _places.Add(replica, places = new Places { Free = options.Value.ShardsInFlight });
        return places;
    }

    private void Give(Places places)
    {
        while (places is { Free: > 0, Waiting.Count: > 0 })
        {
            RunId turn = _shares.Choose(places.Waiting.Select(waiter => waiter.Run));
            Waiter next = places.Waiting.First(waiter => waiter.Run == turn);
            places.Waiting.Remove(next);
            places.Free--;
            next.Place.SetResult(new Place(this, places, turn, timeProvider.GetTimestamp()));
        }
    }

    private void Leave(Places places, RunId run, long since)
    {
        lock (_lock)
        {
            _shares.Charge(run, timeProvider.GetElapsedTime(since));
            places.Free++;
            Give(places);
        }
    }

    private sealed class Places
    {
        public required int Free { get; set; }

        public List<Waiter> Waiting { get; } = [];
    }

    private sealed class Waiter(RunId run)
    {
        public RunId Run { get; } = run;

        // Who waits continues in a turn of its own run, not inside the one that freed the place.
        public TaskCompletionSource<IDisposable?> Place { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Place(ReplicaSlots slots, Places places, RunId run, long since) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            if (!_left)
                slots.Leave(places, run, since);
            _left = true;
        }
    }
}
