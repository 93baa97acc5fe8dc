using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Which replicas can read what a run needs, by their last checks. When none of those present can, again and again, the run cannot go on; what
/// they could not read says nothing about its samples. Not thread-safe.
/// </summary>
public sealed class StorageChecks
{
    /// <summary>
    /// The failed checks in a row after which a replica is not waited for any more. With pauses of 1, 2 and 4 s in between, storage that comes back
    /// within 7 s does not end a run.
    /// </summary>
    public const int ChecksLimit = 4;

    private const int MostReasons = 3;

    private readonly Dictionary<string, Check> _checks = new(StringComparer.Ordinal);

    /// <summary>Records that a replica read everything it was asked to read.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void Passed(string replica) => _checks[replica] = new Check(0, null);

    /// <summary>Records that a replica cannot read what the run needs.</summary>
    /// <param name="replica">The name of the replica.</param>
    /// <param name="reason">What it could not read, and why.</param>
    public void Failed(string replica, string reason) => _checks[replica] = new Check(_checks.GetValueOrDefault(replica).Failures + 1, reason);

    /// <summary>Records that a replica has no model for the run.</summary>
    /// <param name="replica">The name of the replica.</param>
    public void HasOtherModel(string replica) => _checks[replica] = new Check(0, null, IsOther: true);

    /// <summary>Why no replica can work for the run.</summary>
    /// <param name="live">The names of all live replicas.</param>
    /// <returns>What to tell the user; null if one can, or may soon.</returns>
    public string? WhyNone(IEnumerable<string> live)
    {
        Check[] candidates = [.. live.Select(replica => _checks.GetValueOrDefault(replica)).Where(check => !check.IsOther)];
        if (candidates.Length == 0 || candidates.Any(check => check.Failures < ChecksLimit))
            return null;
        ImmutableArray<string> reasons = [.. candidates.Select(check => check.Reason!).Distinct()];
        string more = reasons.Length > MostReasons ? $" (and {reasons.Length - MostReasons} more)" : "";
        return $"No replica can read what the run needs. {string.Join(' ', reasons.Take(MostReasons))}{more} "
            + "No sample was recorded as failed for this. Restore the storage; the same command then continues the run.";
    }

    private readonly record struct Check(int Failures, string? Reason, bool IsOther = false);
}
