namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// When and how fast a run ran, summed over its sessions: <c>timings.json</c>. Kept apart from reports and manifest, which do not
/// depend on time or place. A session whose coordinator crashed is missing.
/// </summary>
public sealed record RunTimings
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>When the first session started, in UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last prediction was stored, in UTC.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>The number of sessions.</summary>
    public int Stretches { get; init; } = 1;

    /// <summary>The working time in seconds, without the time between sessions.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many samples were predicted in that time.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples per second of working time.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The most replicas working at the same time.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many shards were returned because their replica was lost.</summary>
    public required int ShardsReturned { get; init; }

    /// <summary>The timings of one session.</summary>
    /// <param name="run">The run.</param>
    /// <param name="started">When it started.</param>
    /// <param name="finished">When it ended.</param>
    /// <param name="samples">How many samples were predicted.</param>
    /// <param name="replicas">The most replicas working at the same time.</param>
    /// <param name="returned">How many shards were returned.</param>
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

    /// <summary>Adds a later session.</summary>
    /// <param name="later">A later session of the same run.</param>
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
