namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// How much to give to a replica at once: what takes it about the target time by the speed that was measured, so that fast replicas
/// are not slowed down by talking and slow ones hold little when they are lost. Towards a run's end less, so that all end together.
/// Not safe for concurrent use.
/// </summary>
/// <param name="target">How long a lease should take; longer than zero.</param>
/// <param name="limit">The most samples of a lease; at least 1.</param>
public sealed class LeaseSizing(TimeSpan target, int limit)
{
    /// <summary>How much a new measurement counts: the last few leases decide, and one odd lease does not.</summary>
    private const double Weight = 0.5;

    private readonly Dictionary<string, double> _rates = new(StringComparer.Ordinal);

    /// <summary>Learns how fast a replica is with one of its leases, beside its others.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="samples">How many samples it answered.</param>
    /// <param name="duration">How long that took, with everything around it.</param>
    public void Observe(string replica, int samples, TimeSpan duration)
    {
        double rate = samples / Math.Max(duration.TotalSeconds, 1e-3);
        _rates[replica] = _rates.TryGetValue(replica, out double before) ? before + Weight * (rate - before) : rate;
    }

    /// <summary>How many samples to give to a replica now.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="waiting">How many samples wait for a replica.</param>
    /// <param name="slots">How many leases the replicas hold together when all are busy.</param>
    /// <returns>At least 1. A replica nobody has measured gets the least.</returns>
    public int SamplesFor(string replica, int waiting, int slots)
    {
        double wanted = _rates.GetValueOrDefault(replica) * target.TotalSeconds;
        // Half of an even share: whoever is slower than the others then still ends with them.
        double share = waiting / (2.0 * Math.Max(slots, 1));
        return Math.Max((int)Math.Min(Math.Min(wanted, share), limit), 1);
    }

    /// <summary>How long a replica is expected to take for a lease.</summary>
    /// <param name="replica">The name of the replica; one that was not measured is taken for a middling one.</param>
    /// <param name="samples">How many samples.</param>
    /// <returns>The time; null if no replica was measured.</returns>
    public TimeSpan? ExpectedFor(string replica, int samples)
    {
        if (_rates.Count == 0)
            return null;
        double rate = _rates.TryGetValue(replica, out double own) ? own : _rates.Values.Order().ElementAt(_rates.Count / 2);
        return TimeSpan.FromSeconds(samples / rate);
    }
}
