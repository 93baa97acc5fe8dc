using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Tracks which replica works on which shard of a run. It decides about leases, hedges, suspects, division and completion, and does no
/// I/O. It needs five bytes per shard, plus a little for each one in progress. Not thread-safe: a single owner calls it, between awaits.
/// </summary>
/// <remarks>
/// Returned parts are leased before untried shards, one part at a time. A replica does not get back a part it lost while another replica
/// is present that has not lost it, so that one broken machine cannot fail a sample. A part lost <see cref="AttemptsInCompany"/> times
/// is a suspect and is leased alone: its replica gets nothing else of the run until that is over, so that a sample that crashes replicas
/// takes no others with it. A suspect lost again is divided in two, until the bad sample is isolated. No sample is condemned before it was lost
/// alone, however few attempts are allowed.
/// </remarks>
public sealed class ShardLedger
{
    /// <summary>
    /// Two attempts together with other shards, because a machine that vanishes takes all its shards with it, and two alone, because a
    /// machine can vanish twice by chance. A sample lost four times this way is the cause.
    /// </summary>
    public const int DefaultAttemptsLimit = 4;

    /// <summary>A part lost this often is leased alone.</summary>
    public const int AttemptsInCompany = 2;

    private readonly int _attemptsLimit;
    private readonly ImmutableArray<int> _sizes;
    private readonly ShardState[] _states;
    private readonly Dictionary<ShardPart, Losses> _losses = [];
    private readonly Dictionary<ShardIndex, int> _undelivered = [];
    private readonly LinkedList<ShardPart> _returned = [];
    private readonly Dictionary<ShardPart, List<long>> _holders = [];
    private readonly SortedDictionary<long, OpenLease> _leases = [];
    private readonly HashSet<ShardPart> _condemned = [];
    private readonly HashSet<string> _replicas = new(StringComparer.Ordinal);
    private int _firstUntried;
    private long _lastNumber;

    /// <summary>Opens the ledger of a run.</summary>
    /// <param name="sizes">How many samples each shard has, in the order of their indexes; each at least 1.</param>
    /// <param name="completed">The shards that are already stored.</param>
    /// <param name="attemptsLimit">How many lost replicas a sample may cause; at least 1. Default: <see cref="DefaultAttemptsLimit"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A completed shard does not belong to the run, or a count is out of range.</exception>
    public ShardLedger(ImmutableArray<int> sizes, IEnumerable<ShardIndex> completed, int attemptsLimit = DefaultAttemptsLimit)
    {
        ArgumentNullException.ThrowIfNull(completed);
        ArgumentOutOfRangeException.ThrowIfLessThan(attemptsLimit, 1);
        if (sizes.Any(size => size < 1))
            throw new ArgumentOutOfRangeException(nameof(sizes), "Every shard has at least one sample.");
        _attemptsLimit = attemptsLimit;
        _sizes = sizes;
        _states = new ShardState[sizes.Length];
        SamplesWaiting = sizes.Sum();
        foreach (ShardIndex shard in completed)
            Complete(shard);
    }

    /// <summary>How many shards the run has.</summary>
    public int Count => _states.Length;

    /// <summary>How many shards have stored predictions.</summary>
    public int Completed { get; private set; }

    /// <summary>How many leases are open.</summary>
    public int Leases => _leases.Count;

    /// <summary>How often a part was returned because its replica was lost.</summary>
    public int Returned { get; private set; }

    /// <summary>How often slow work was given to a second replica too.</summary>
    public int Hedged { get; private set; }

    /// <summary>How often a suspect was divided.</summary>
    public int Divided { get; private set; }

    /// <summary>How many samples are waiting, without condemned ones.</summary>
    public int SamplesWaiting { get; private set; }

    /// <summary>Single samples with too many losses, in ascending order, until they are delivered as failures.</summary>
    public ImmutableArray<ShardPart> Condemned => [.. _condemned.OrderBy(part => part.Shard).ThenBy(part => part.First)];

    /// <summary>True when nothing is left to try: everything else is complete, condemned or being stored.</summary>
    public bool IsExhausted => SamplesWaiting == 0 && _leases.Count == 0;

    /// <summary>True when every shard has stored predictions.</summary>
    public bool IsComplete => Completed == Count;

    /// <summary>The state of a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>Its state.</returns>
    public ShardState StateOf(ShardIndex shard) => _states[shard.Value];

    /// <summary>The whole shard as a part.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>Its only part unless divided.</returns>
    public ShardPart WholeOf(ShardIndex shard) => new(shard, 0, _sizes[shard.Value]);

    /// <summary>Whether any part of a lease is still pending.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>False once all its parts were delivered by any replica, or returned.</returns>
    public bool IsOpen(ShardLease lease)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return _leases.ContainsKey(lease.Number);
    }

    /// <summary>Whether a part of a lease is still pending.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="part">The part.</param>
    /// <returns>False once it was delivered by any replica, or returned.</returns>
    public bool IsAwaited(ShardLease lease, ShardPart part)
    {
        ArgumentNullException.ThrowIfNull(lease);
        return _leases.TryGetValue(lease.Number, out OpenLease? open) && open.Awaited.Contains(part);
    }

    /// <summary>How often a part lost its replica.</summary>
    /// <param name="part">The part.</param>
    /// <returns>The number of losses.</returns>
    public int LossesOf(ShardPart part) => _losses.TryGetValue(part, out Losses? losses) ? losses.Count : 0;

    /// <summary>The open leases of a replica.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <returns>The leases, oldest first.</returns>
    public ImmutableArray<ShardLease> LeasesOf(string replica) =>
        [.. _leases.Values.Where(open => open.Lease.Replica == replica).Select(open => open.Lease)];

    /// <summary>Adds a replica. Parts lost by others are then kept for it. Has no effect if already added.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Join(string replica) => _replicas.Add(replica);

    /// <summary>Leases work to a replica, and adds the replica.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="samples">The target number of samples; at least one shard is leased, whatever its size.</param>
    /// <returns>The lease; null if there is nothing for this replica now.</returns>
    public ShardLease? TryLease(string replica, int samples = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(replica);
        Join(replica);
        if (HoldsSuspect(replica))
            return null;
        ImmutableArray<ShardPart> parts = TakeReturned(replica) is { } returned ? [returned] : TakeUntried(samples);
        if (parts.IsEmpty)
            return null;
        SamplesWaiting -= parts.Sum(part => part.Count);
        return Open(replica, parts, isHedge: false);
    }

    /// <summary>
    /// Gives an idle replica the work of a late lease, from the end, so that the two meet. Nothing is hedged twice, and suspects never, as
    /// they could crash two replicas at once.
    /// </summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="isLate">Whether a lease takes too long.</param>
    /// <returns>The lease; null if none is late.</returns>
    public ShardLease? TryHedge(string replica, Predicate<ShardLease> isLate)
    {
        ArgumentException.ThrowIfNullOrEmpty(replica);
        ArgumentNullException.ThrowIfNull(isLate);
        if (HoldsSuspect(replica))
            return null;
        OpenLease? late = _leases.Values.FirstOrDefault(open => open.Lease.Replica != replica
            && open.Awaited.All(part => _holders[part].Count == 1 && !GoesAlone(part)) && isLate(open.Lease));
        if (late is null)
            return null;
        Hedged++;
        return Open(replica, [.. late.Lease.Parts.Where(late.Awaited.Contains).Reverse()], isHedge: true);
    }

    /// <summary>Records that a part was delivered, by any replica and even after its lease ended.</summary>
    /// <param name="part">The part.</param>
    /// <returns>Whether this was the first delivery, and the leases it ended, whose work is no longer needed.</returns>
    public (bool IsFirst, ImmutableArray<ShardLease> Ended) Deliver(ShardPart part)
    {
        if (!IsUndelivered(part))
            return (false, []);
        if (_returned.Remove(part) || (!_holders.ContainsKey(part) && !_condemned.Contains(part)))
            SamplesWaiting -= part.Count;
        ImmutableArray<ShardLease> ended = [.. HoldersOf(part).Where(holder => Drop(holder, part)).Select(holder => holder.Lease)];
        _condemned.Remove(part);
        _losses.Remove(part);
        CountDelivered(part);
        return (true, ended);
    }

    /// <summary>Records that a shard is stored.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>True the first time, false if already complete.</returns>
    public bool Complete(ShardIndex shard)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)shard.Value, (uint)Count, nameof(shard));
        if (StateOf(shard) == ShardState.Completed)
            return false;
        foreach (ShardPart part in UndeliveredPartsOf(shard))
            Deliver(part);
        _states[shard.Value] = ShardState.Completed;
        Completed++;
        return true;
    }

    /// <summary>Returns the pending parts of a lost replica. Has no effect if the lease already ended.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>The returned parts, before any division.</returns>
    public ImmutableArray<ShardPart> Return(ShardLease lease) => Close(lease, CountLoss);

    /// <summary>Returns the pending parts of a replica that drains or was stopped, without counting a loss.</summary>
    /// <param name="lease">The lease.</param>
    /// <returns>The returned parts.</returns>
    public ImmutableArray<ShardPart> Release(ShardLease lease) => Close(lease, (part, _) => ComeBack(part, AwaitFirst));

    /// <summary>Keeps a part for other replicas, without counting a loss: this one gets it only if no other is present that may try it.</summary>
    /// <param name="part">The part.</param>
    /// <param name="replica">The name of the replica.</param>
    public void Avoid(ShardPart part, string replica)
    {
        if (!_losses.TryGetValue(part, out Losses? losses))
            _losses.Add(part, losses = new Losses(0, []));
        losses.Replicas.Add(replica);
    }

    /// <summary>Returns all parts of a lost replica, and removes the replica.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <returns>The leases that ended.</returns>
    public ImmutableArray<ShardLease> ReturnAllOf(string replica)
    {
        var leases = LeasesOf(replica);
        foreach (ShardLease lease in leases)
            Return(lease);
        _replicas.Remove(replica);
        return leases;
    }

    /// <summary>Verifies that every sample is in exactly one place; for tests, after each step.</summary>
    /// <exception cref="InvalidOperationException">The ledger is inconsistent.</exception>
    public void CheckIntegrity()
    {
        Verify(_states.Count(state => state == ShardState.Completed) == Completed, "completed shards are counted");
        Verify(_leases.Values.All(open => open.Awaited.Count > 0), "an open lease awaits something");
        Verify(_leases.Values.All(open => open.Awaited.All(part => _holders[part].Contains(open.Lease.Number))), "leases hold their parts");
        Verify(
            _holders.All(entry => entry.Value.Count is 1 or 2 && entry.Value.All(number => _leases[number].Awaited.Contains(entry.Key))),
            "parts have one lease, or two");
        ShardPart[] untried = [.. Indexes().Where(shard => StateOf(shard) == ShardState.Waiting && shard.Value >= _firstUntried).Select(WholeOf)];
        ShardPart[] open = [.. untried.Except(_returned), .. _returned, .. _holders.Keys, .. _condemned];
        Verify(open.Distinct().Count() == open.Length, "a part is in one place");
        Verify(
            open.Where(part => !_holders.ContainsKey(part) && !_condemned.Contains(part)).Sum(part => part.Count) == SamplesWaiting,
            "waiting samples are counted");
        var samples = open.GroupBy(part => part.Shard).ToDictionary(parts => parts.Key, parts => parts.Sum(part => part.Count));
        Verify(Indexes().All(shard => samples.GetValueOrDefault(shard) == UndeliveredOf(shard)), "every sample that is not delivered is in a part");
        Verify(
            _losses.All(entry => entry.Value.Count < _attemptsLimit || !entry.Value.WasAlone
                || _condemned.Contains(entry.Key) || _holders.ContainsKey(entry.Key)),
            "attempts are limited");
        Verify(_condemned.All(part => part.Count == 1), "single samples are condemned");
    }

    private IEnumerable<ShardIndex> Indexes() => Enumerable.Range(0, Count).Select(index => new ShardIndex(index));

    private int UndeliveredOf(ShardIndex shard) => StateOf(shard) switch
    {
        ShardState.Waiting or ShardState.Leased => _sizes[shard.Value],
        ShardState.Divided => _undelivered[shard],
        _ => 0,
    };

    /// <summary>Whether a part still has to be delivered.</summary>
    /// <param name="part">The part, as it was leased.</param>
    /// <returns>False once it was delivered, divided, or its shard completed.</returns>
    public bool IsUndelivered(ShardPart part) => StateOf(part.Shard) switch
    {
        ShardState.Waiting or ShardState.Leased => part == WholeOf(part.Shard),
        ShardState.Divided => _holders.ContainsKey(part) || _condemned.Contains(part) || _returned.Contains(part),
        _ => false,
    };

    private ShardPart[] UndeliveredPartsOf(ShardIndex shard) => StateOf(shard) switch
    {
        ShardState.Waiting or ShardState.Leased => [WholeOf(shard)],
        ShardState.Divided => [.. _holders.Keys.Concat(_condemned).Concat(_returned).Where(part => part.Shard == shard)],
        _ => [],
    };

    private bool GoesAlone(ShardPart part) =>
        StateOf(part.Shard) == ShardState.Divided || LossesOf(part) >= Math.Min(AttemptsInCompany, Math.Max(1, _attemptsLimit - 1));

    private bool HoldsSuspect(string replica) => _leases.Values.Any(open => open.Lease.Replica == replica && open.Awaited.Any(GoesAlone));

    private bool Holds(string replica) => _leases.Values.Any(open => open.Lease.Replica == replica);

    private ShardPart? TakeReturned(string replica)
    {
        bool alone = !Holds(replica);
        for (var node = _returned.First; node is not null; node = node.Next)
        {
            if ((GoesAlone(node.Value) && !alone) || BetterElsewhere(node.Value, replica))
                continue;
            _returned.Remove(node);
            return node.Value;
        }

        return null;
    }

    private bool BetterElsewhere(ShardPart part, string replica) =>
        _losses.TryGetValue(part, out Losses? losses) && losses.Replicas.Contains(replica) && !_replicas.IsSubsetOf(losses.Replicas);

    private ImmutableArray<ShardPart> TakeUntried(int samples)
    {
        var parts = ImmutableArray.CreateBuilder<ShardPart>();
        for (int taken = 0; _firstUntried < Count && taken < samples; _firstUntried++)
        {
            var shard = new ShardIndex(_firstUntried);
            // A shard can be delivered elsewhere before it was tried here.
            if (StateOf(shard) != ShardState.Waiting)
                continue;
            if (parts.Count > 0 && taken + _sizes[shard.Value] > samples)
                break;
            parts.Add(WholeOf(shard));
            taken += _sizes[shard.Value];
        }

        return parts.DrainToImmutable();
    }

    private ShardLease Open(string replica, ImmutableArray<ShardPart> parts, bool isHedge)
    {
        var lease = new ShardLease(++_lastNumber, replica, parts, isHedge);
        _leases.Add(lease.Number, new OpenLease(lease, isAlone: parts.Any(GoesAlone)));
        foreach (ShardPart part in parts)
        {
            if (!_holders.TryGetValue(part, out List<long>? holders))
                _holders.Add(part, holders = []);
            holders.Add(lease.Number);
            if (StateOf(part.Shard) == ShardState.Waiting)
                _states[part.Shard.Value] = ShardState.Leased;
        }

        return lease;
    }

    private OpenLease[] HoldersOf(ShardPart part) => _holders.TryGetValue(part, out List<long>? holders) ? [.. holders.Select(number => _leases[number])] : [];

    /// <returns>True if this ended the lease.</returns>
    private bool Drop(OpenLease open, ShardPart part)
    {
        open.Awaited.Remove(part);
        List<long> holders = _holders[part];
        holders.Remove(open.Lease.Number);
        if (holders.Count == 0)
            _holders.Remove(part);
        return open.Awaited.Count == 0 && _leases.Remove(open.Lease.Number);
    }

    private void CountDelivered(ShardPart part)
    {
        int left = UndeliveredOf(part.Shard) - part.Count;
        if (left == 0)
        {
            _undelivered.Remove(part.Shard);
            _states[part.Shard.Value] = ShardState.Delivered;
        }
        else
        {
            _undelivered[part.Shard] = left;
        }
    }

    private ImmutableArray<ShardPart> Close(ShardLease lease, Action<ShardPart, OpenLease> comeBack)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (!_leases.TryGetValue(lease.Number, out OpenLease? open))
            return [];
        ImmutableArray<ShardPart> back = [.. lease.Parts.Where(open.Awaited.Contains)];
        foreach (ShardPart part in back)
        {
            Drop(open, part);
            comeBack(part, open);
        }

        return back;
    }

    private void CountLoss(ShardPart part, OpenLease lease)
    {
        Returned++;
        if (!_losses.TryGetValue(part, out Losses? losses))
            _losses.Add(part, losses = new Losses(0, []));
        losses.Count++;
        losses.Replicas.Add(lease.Lease.Replica);
        losses.WasAlone |= lease.IsAlone;
        ComeBack(part, AwaitLast);
    }

    /// <summary>Lets a part without a lease wait. If it was lost too often, it is divided, or condemned if it is a single sample.</summary>
    private void ComeBack(ShardPart part, Action<ShardPart> wait)
    {
        // A hedge may still deliver it.
        if (_holders.ContainsKey(part))
            return;
        Losses? losses = _losses.GetValueOrDefault(part);
        if (part.Count > 1 && losses?.Count >= Math.Min(_attemptsLimit, AttemptsInCompany + 1))
            Divide(part, losses);
        else if (losses is { WasAlone: true } && losses.Count >= _attemptsLimit)
            _condemned.Add(part);
        else
            wait(part);
    }

    private void Divide(ShardPart part, Losses losses)
    {
        Divided++;
        _losses.Remove(part);
        _undelivered.TryAdd(part.Shard, _sizes[part.Shard.Value]);
        _states[part.Shard.Value] = ShardState.Divided;
        (ShardPart first, ShardPart second) = part.Divide();
        foreach (ShardPart half in (ShardPart[])[first, second])
        {
            _losses.Add(half, new Losses(Math.Min(_attemptsLimit - 1, AttemptsInCompany), [.. losses.Replicas]));
            AwaitLast(half);
        }
    }

    private void AwaitLast(ShardPart part) => Await(_returned.AddLast(part));

    private void AwaitFirst(ShardPart part) => Await(_returned.AddFirst(part));

    private void Await(LinkedListNode<ShardPart> node)
    {
        SamplesWaiting += node.Value.Count;
        if (StateOf(node.Value.Shard) == ShardState.Leased)
            _states[node.Value.Shard.Value] = ShardState.Waiting;
    }

    private static void Verify(bool holds, string invariant)
    {
        if (!holds)
            throw new InvalidOperationException($"The ledger is inconsistent; violated: {invariant}.");
    }

    /// <summary>A lease with its pending parts.</summary>
    private sealed class OpenLease(ShardLease lease, bool isAlone)
    {
        public ShardLease Lease { get; } = lease;

        /// <summary>Whether its only part was a suspect, so that a loss is due to it or to chance.</summary>
        public bool IsAlone { get; } = isAlone;

        public HashSet<ShardPart> Awaited { get; } = [.. lease.Parts];
    }

    /// <summary>How often a part was lost, and by which replicas.</summary>
    private sealed class Losses(int count, HashSet<string> replicas)
    {
        public int Count { get; set; } = count;

        public HashSet<string> Replicas { get; } = replicas;

        /// <summary>Whether a replica was lost that held nothing else of the run.</summary>
        public bool WasAlone { get; set; }
    }
}
