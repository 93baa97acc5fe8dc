namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// When and how fast a run went, all its stretches of work together: <c>timings.json</c>. It lies apart from reports and manifest,
/// which are the same whenever and wherever a run takes place. A stretch whose coordinator died is missing.
/// </summary>
public sealed record RunTimings
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>When the first stretch of work began, in UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last prediction was stored, in UTC.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>How many stretches of work there were.</summary>
    public int Stretches { get; init; } = 1;

    /// <summary>The time of work, in seconds; the time between stretches does not count.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many samples were predicted in that time.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples for each second of work.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The largest number of replicas that worked at the same time.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many shards came back unfinished because their replica was lost.</summary>
    public required int ShardsReturned { get; init; }

    /// <summary>One stretch of work.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">When it began.</param>
    /// <param name="finished">When it ended.</param>
    /// <param name="samples">How many samples were predicted.</param>
    /// <param name="replicas">The largest number of replicas at work.</param>
    /// <param name="returned">How many shards came back.</param>
    /// <returns>The timings.</returns>
    public static RunTimings Of(RunId run, DateTimeOffset started, DateTimeOffset finished, int samples, int replicas, int returned) => new()
    {
        Run = run,
        Started = started,
        Finished = finished,
        Seconds = (finished - started).TotalSeconds,
        Samples = samples,
        SamplesPerSecond = Rate(samples, (finished - started).TotalSeconds),
        Replicas = replicas,
        ShardsReturned = returned,
    };

    /// <summary>These timings with a later stretch.</summary>
    /// <param name="later">The later stretch of the same run.</param>
    /// <returns>The timings of both.</returns>
    public RunTimings And(RunTimings later)
    {
        ArgumentNullException.ThrowIfNull(later);
        return later with
        {
            Started = Started,
            Stretches = Stretches + later.Stretches,
            Seconds = Seconds + later.Seconds,
            Samples = Samples + later.Samples,
            SamplesPerSecond = Rate(Samples + later.Samples, Seconds + later.Seconds),
            Replicas = Math.Max(Replicas, later.Replicas),
            ShardsReturned = ShardsReturned + later.ShardsReturned,
        };
    }

    private static double Rate(int samples, double seconds) => seconds > 0 ? samples / seconds : 0;
}
