namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Tells bad samples from bad models. When every replica that is there reports failure after failure and none succeeds, the run has no
/// outlook, and ends instead of asking for hours. Processes that vanish do not count: they come back. Not safe for concurrent use.
/// </summary>
public sealed class RunOutlook
{
    /// <summary>
    /// More failures in a row than one bad sample causes on one replica, which are six: two in company of another shard, that shard's two
    /// if it has one too, one alone, and its first half.
    /// </summary>
    public const int HopelessFailures = 10;

    private readonly HashSet<string> _troubled = new(StringComparer.Ordinal);
    private readonly HashSet<string> _present = new(StringComparer.Ordinal);

    /// <summary>How many leases were lost since the last one that succeeded, for whatever reason.</summary>
    public int Losses { get; private set; }

    /// <summary>How many of those losses were failures that a living replica reported.</summary>
    public int Failures { get; private set; }

    /// <summary>Why a replica failed the last time; null if none did.</summary>
    public string? Reason { get; private set; }

    /// <summary>True once a replica finished something.</summary>
    public bool HasSucceeded { get; private set; }

    /// <summary>True if failures were reported too often in a row, and by every replica that is there.</summary>
    public bool IsHopeless => Failures >= HopelessFailures && _present.IsSubsetOf(_troubled);

    /// <summary>A replica is there to work.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Joined(string replica) => _present.Add(replica);

    /// <summary>A replica is gone.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Left(string replica) => _present.Remove(replica);

    /// <summary>A lease came to nothing.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="reason">Why.</param>
    /// <param name="isReported">True if the replica lives and says so; false if it is gone.</param>
    public void Lost(string replica, string reason, bool isReported)
    {
        Losses++;
        if (!isReported)
            return;
        Failures++;
        Reason = reason;
        _troubled.Add(replica);
    }

    /// <summary>A replica finished something.</summary>
    public void Succeeded()
    {
        HasSucceeded = true;
        Losses = Failures = 0;
        _troubled.Clear();
    }
}
