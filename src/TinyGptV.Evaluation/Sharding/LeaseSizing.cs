namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Sizes leases by measured speed, so that each takes about the target time: fast replicas spend little time on messages, and slow
/// ones lose little work. Leases shrink near the end of a run, so that all replicas finish together. Not thread-safe.
/// </summary>
/// <param name="target">How long a lease should take; longer than zero.</param>
/// <param name="limit">The maximum samples per lease; at least 1.</param>
public sealed class LeaseSizing(TimeSpan target, int limit)
{
    /// <summary>The weight of a new measurement, so that the last few leases decide and an outlier does not.</summary>
    private const double Weight = 0.5;

    private readonly Dictionary<string, double> _rates = new(StringComparer.Ordinal);

    /// <summary>Records how fast a replica completed one of its leases.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="samples">How many samples it answered.</param>
    /// <param name="duration">How long it took, overhead included.</param>
    public void Observe(string replica, int samples, TimeSpan duration)
    {
        double rate = samples / Math.Max(duration.TotalSeconds, 1e-3);
        _rates[replica] = _rates.TryGetValue(replica, out double before) ? before + Weight * (rate - before) : rate;
    }

    /// <summary>How many samples to lease to a replica now.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="waiting">How many samples are waiting.</param>
    /// <param name="slots">How many leases all replicas hold together when busy.</param>
    /// <returns>At least 1; exactly 1 for an unmeasured replica.</returns>
    public int SamplesFor(string replica, int waiting, int slots)
    {
        double wanted = _rates.GetValueOrDefault(replica) * target.TotalSeconds;
        // Half of an even share, so that slower replicas finish with the others.
        double share = waiting / (2.0 * Math.Max(slots, 1));
        return Math.Max((int)Math.Min(Math.Min(wanted, share), limit), 1);
    }

    /// <summary>How long a replica is expected to take for a lease.</summary>
    /// <param name="replica">The name of the replica; an unmeasured one is assumed to have the median speed.</param>
    /// <param name="samples">How many samples.</param>
    /// <returns>The time; null if no replica was measured yet.</returns>
    public TimeSpan? ExpectedFor(string replica, int samples)
    {
        if (_rates.Count == 0)
            return null;
        double rate = _rates.TryGetValue(replica, out double own) ? own : _rates.Values.Order().ElementAt(_rates.Count / 2);
        return TimeSpan.FromSeconds(samples / rate);
    }
}
