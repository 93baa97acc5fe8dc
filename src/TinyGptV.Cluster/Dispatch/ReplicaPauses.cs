using System.Collections.Concurrent;
using TinyGptV.Cluster.Configuration;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>
/// Leaves a replica that failed alone for a while, longer with every failure in a row: one that fails everything at once would
/// otherwise use up the attempts of shard after shard. Changed in turns of one grain; may be looked at from anywhere.
/// </summary>
internal sealed class ReplicaPauses(EvaluationClusterOptions options, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, Pause> _pauses = new(StringComparer.Ordinal);

    /// <summary>How many replicas that failed are left alone now.</summary>
    public int Count => _pauses.Values.Count(pause => pause.Failures > 0 && IsOn(pause));

    public bool MayWork(string replica) => !_pauses.TryGetValue(replica, out Pause pause) || !IsOn(pause);

    public void Failed(string replica)
    {
        int failures = _pauses.GetValueOrDefault(replica).Failures + 1;
        _pauses[replica] = new Pause(failures, timeProvider.GetUtcNow() + LengthAfter(failures));
    }

    /// <summary>The replica has no model for the run now; that is no failure, and it is asked again after the shortest pause.</summary>
    public void Unusable(string replica) => _pauses[replica] = new Pause(0, timeProvider.GetUtcNow() + LengthAfter(1));

    public void Succeeded(string replica) => _pauses.TryRemove(replica, out _);

    private bool IsOn(Pause pause) => pause.End > timeProvider.GetUtcNow();

    private TimeSpan LengthAfter(int failures)
    {
        // Beyond 2^30 the doubling has long passed every longest pause.
        double ticks = options.ShortestPause.Ticks * Math.Pow(2, Math.Min(failures - 1, 30));
        return TimeSpan.FromTicks((long)Math.Min(ticks, options.LongestPause.Ticks));
    }

    private readonly record struct Pause(int Failures, DateTimeOffset End);
}
