namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Tells bad samples from a bad model. When every present replica reports failure after failure and none succeeds, the run is hopeless
/// and ends instead of retrying for hours. Vanished processes do not count, since they restart. Not thread-safe.
/// </summary>
public sealed class RunOutlook
{
    /// <summary>
    /// More failures in a row than one bad sample causes on one replica. Those are six: two leased together with another shard, that
    /// shard's own two if it is bad too, one alone, and one of its first half.
    /// </summary>
    public const int HopelessFailures = 10;

    private readonly HashSet<string> _troubled = new(StringComparer.Ordinal);
    private readonly HashSet<string> _present = new(StringComparer.Ordinal);

    /// <summary>How many leases were lost since the last success, for any reason.</summary>
    public int Losses { get; private set; }

    /// <summary>How many of those losses were failures reported by a live replica.</summary>
    public int Failures { get; private set; }

    /// <summary>The last reported failure; null if none.</summary>
    public string? Reason { get; private set; }

    /// <summary>True once a replica has finished something.</summary>
    public bool HasSucceeded { get; private set; }

    /// <summary>True after too many reported failures in a row, from every present replica.</summary>
    public bool IsHopeless => Failures >= HopelessFailures && _present.IsSubsetOf(_troubled);

    /// <summary>Records that a replica joined.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Joined(string replica) => _present.Add(replica);

    /// <summary>Records that a replica left.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Left(string replica) => _present.Remove(replica);

    /// <summary>Records a lost lease.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isReported">True if a live replica reported the failure; false if it is gone.</param>
    public void Lost(string replica, string reason, bool isReported)
    {
        Losses++;
        if (!isReported)
            return;
        Failures++;
        Reason = reason;
        _troubled.Add(replica);
    }

    /// <summary>Records a success.</summary>
    public void Succeeded()
    {
        HasSucceeded = true;
        Losses = Failures = 0;
        _troubled.Clear();
    }
}
