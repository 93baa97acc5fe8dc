using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Who works on which shard of a run: decides leases, attempts, giving up and completion, and moves nothing itself. Not safe for
/// concurrent use: one owner calls it, between two awaits.
/// </summary>
/// <remarks>
/// A shard that came back is handed out before shards nobody tried. A replica does not get a shard back that it lost, as long as a
/// replica is there that has not: one broken machine must not cost a sample. A shard that was lost <see cref="AttemptsInCompany"/>
/// times is leased alone: its replica gets nothing else meanwhile, so that a shard that kills replicas takes no innocent one along.
/// </remarks>
public sealed class ShardLedger
{
    /// <summary>
    /// Two attempts in company, because a machine that vanishes takes all its shards along, whatever they hold, and two alone,
    /// because a machine can vanish twice by chance: who is lost four times so is the cause.
    /// </summary>
    public const int DefaultAttemptsLimit = 4;

    /// <summary>A shard that was lost this often is not leased together with another.</summary>
    public const int AttemptsInCompany = 2;

    private readonly int _attemptsLimit;
    private readonly ShardState[] _states;
    private readonly Dictionary<ShardIndex, Losses> _losses = [];
    private readonly LinkedList<ShardIndex> _returned = [];
    private readonly Dictionary<ShardIndex, ShardLease> _leases = [];
    private readonly HashSet<string> _replicas = new(StringComparer.Ordinal);
    private int _firstUntried;

    /// <summary>Opens the ledger of a run.</summary>
    /// <param name="shards">How many shards the run has.</param>
    /// <param name="completed">The shards whose predictions are stored already.</param>
    /// <param name="attemptsLimit">How many losses of its replica a shard may see; at least 1. Default: <see cref="DefaultAttemptsLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A completed shard is not one of the run's, or a count is out of range.</exception>
    public ShardLedger(int shards, IEnumerable<ShardIndex> completed, int attemptsLimit = DefaultAttemptsLimit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shards);
        ArgumentNullException.ThrowIfNull(completed);
        ArgumentOutOfRangeException.ThrowIfLessThan(attemptsLimit, 1);
        _attemptsLimit = attemptsLimit;
        _states = new ShardState[shards];
        foreach (ShardIndex shard in completed)
            Complete(shard);
    }

    /// <summary>How many shards the run has.</summary>
    public int Count => _states.Length;

    /// <summary>How many shards have stored predictions.</summary>
    public int Completed { get; private set; }

    /// <summary>How often a shard came back unfinished.</summary>
    public int Returned { get; private set; }

    /// <summary>How many shards replicas work on.</summary>
    public int Leased => _leases.Count;

    /// <summary>The shards that are given up and not yet recorded as such, in ascending order.</summary>
    public ImmutableArray<ShardIndex> GivenUp => [.. _losses.Keys.Where(shard => StateOf(shard) == ShardState.GivenUp).Order()];

    /// <summary>True when every shard has stored predictions.</summary>
    public bool IsComplete => Completed == Count;

    /// <summary>What is known of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>Its state.</returns>
    public ShardState StateOf(ShardIndex shard) => _states[shard.Value];

    /// <summary>Tells whether a replica still works on a shard by this lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>False once the shard was completed or returned.</returns>
    public bool IsCurrent(ShardLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return _leases.TryGetValue(lease.Shard, out ShardLease? current) && current == lease;
    }

    /// <summary>The shards a replica works on.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <returns>Its leases in ascending order of shards.</returns>
    public ImmutableArray<ShardLease> LeasesOf(string replica) =>
        [.. _leases.Values.Where(lease => lease.Replica == replica).OrderBy(lease => lease.Shard)];

    /// <summary>Says that a replica is there to work; it counts when another must not get a shard back. Harmless if said before.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Join(string replica) => _replicas.Add(replica);

    /// <summary>Gives a replica a shard to work on. The replica joins by it.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <returns>The lease, or null if there is no shard for this replica now.</returns>
    public ShardLease? TryLease(string replica)
    {
        ArgumentException.ThrowIfNullOrEmpty(replica);
        Join(replica);
        var held = _leases.Values.Where(lease => lease.Replica == replica);
        if (held.Any(lease => GoesAlone(lease.Shard)))
            return null;
        return (TakeReturned(replica, alone: !held.Any()) ?? TakeUntried()) is { } shard ? Lease(shard, replica) : null;
    }

    /// <summary>Says that the predictions of a shard are stored, whoever stored them.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>True the first time, false if the shard was complete already.</returns>
    public bool Complete(ShardIndex shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard.Value, (uint)Count, nameof(shard));
        if (StateOf(shard) == ShardState.Completed)
            return false;
        _leases.Remove(shard);
        _returned.Remove(shard);
        _losses.Remove(shard);
        _states[shard.Value] = ShardState.Completed;
        Completed++;
        return true;
    }

    /// <summary>Takes a shard back because its replica was lost. Changes nothing if the lease is over already.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>The state of the shard now: waiting for another replica, or given up.</returns>
    public ShardState Return(ShardLease lease)
    {
        if (!IsCurrent(lease))
            return StateOf(lease.Shard);
        _leases.Remove(lease.Shard);
        Returned++;
        int losses = CountLoss(lease);
        return losses >= _attemptsLimit ? GiveUp(lease.Shard) : Await(lease.Shard);
    }

    /// <summary>Takes back every shard of a replica that is gone; it no longer counts as being there.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <returns>The leases that ended by it.</returns>
    public ImmutableArray<ShardLease> ReturnAllOf(string replica)
    {
        var leases = LeasesOf(replica);
        foreach (ShardLease lease in leases)
            Return(lease);
        _replicas.Remove(replica);
        return leases;
    }

    /// <summary>Verifies that every shard is in one place; for tests, after each step.</summary>
    /// <exception cref="InvalidOperationException">The ledger contradicts itself.</exception>
    public void CheckIntegrity()
    {
        Verify(_states.Count(state => state == ShardState.Completed) == Completed, "completed shards are counted");
        Verify(_leases.All(lease => lease.Key == lease.Value.Shard && StateOf(lease.Key) == ShardState.Leased), "leases are of leased shards");
        Verify(_states.Count(state => state == ShardState.Leased) == _leases.Count, "a leased shard has one lease");
        Verify(_returned.All(shard => StateOf(shard) == ShardState.Waiting && _losses.ContainsKey(shard)), "returned shards wait");
        Verify(_returned.Distinct().Count() == _returned.Count, "a returned shard waits once");
        var waiting = Enumerable.Range(0, Count).Select(index => new ShardIndex(index)).Where(shard => StateOf(shard) == ShardState.Waiting);
        Verify(waiting.All(shard => shard.Value >= _firstUntried || _returned.Contains(shard)), "no waiting shard is forgotten");
        var spent = _losses.Where(entry => entry.Value.Count >= _attemptsLimit);
        Verify(spent.All(entry => StateOf(entry.Key) == ShardState.GivenUp), "attempts are limited");
        var byReplica = _leases.Values.GroupBy(lease => lease.Replica);
        Verify(byReplica.All(held => held.Count() == 1 || !held.Any(lease => GoesAlone(lease.Shard))), "suspects go alone");
    }

    private bool GoesAlone(ShardIndex shard) => _losses.TryGetValue(shard, out Losses? losses) && losses.Count >= AttemptsInCompany;

    private ShardIndex? TakeReturned(string replica, bool alone)
    {
        for (var node = _returned.First; node is not null; node = node.Next)
        {
            if ((GoesAlone(node.Value) && !alone) || BetterElsewhere(node.Value, replica))
                continue;
            _returned.Remove(node);
            return node.Value;
        }

        return null;
    }

    private bool BetterElsewhere(ShardIndex shard, string replica)
    {
        var lostBy = _losses[shard].Replicas;
        return lostBy.Contains(replica) && !_replicas.IsSubsetOf(lostBy);
    }

    private ShardIndex? TakeUntried()
    {
        // A shard can be completed by others before anybody here tried it.
        while (_firstUntried < Count && _states[_firstUntried] != ShardState.Waiting)
            _firstUntried++;
        return _firstUntried < Count ? new ShardIndex(_firstUntried++) : null;
    }

    private ShardLease Lease(ShardIndex shard, string replica)
    {
        int losses = _losses.TryGetValue(shard, out Losses? found) ? found.Count : 0;
        var lease = new ShardLease(shard, replica, losses + 1);
        _states[shard.Value] = ShardState.Leased;
        _leases.Add(shard, lease);
        return lease;
    }

    private int CountLoss(ShardLease lease)
    {
        if (!_losses.TryGetValue(lease.Shard, out Losses? losses))
            _losses.Add(lease.Shard, losses = new Losses());
        losses.Replicas.Add(lease.Replica);
        return ++losses.Count;
    }

    private ShardState GiveUp(ShardIndex shard) => _states[shard.Value] = ShardState.GivenUp;

    private ShardState Await(ShardIndex shard)
    {
        _returned.AddLast(shard);
        return _states[shard.Value] = ShardState.Waiting;
    }

    private static void Verify(bool holds, string invariant)
    {
        if (!holds)
            throw new InvalidOperationException($"The ledger contradicts itself: it does not hold that {invariant}.");
    }

    /// <summary>How often, and by whom, a shard was lost.</summary>
    private sealed class Losses
    {
        public int Count { get; set; }

        public HashSet<string> Replicas { get; } = new(StringComparer.Ordinal);
    }
}
