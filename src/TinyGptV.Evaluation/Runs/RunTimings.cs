namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// When and how fast a run's last stretch of work went: <c>timings.json</c>. It lies apart from reports and manifest, which are the
/// same whenever and wherever a run takes place.
/// </summary>
public sealed record RunTimings
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>When the work began, in UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>When the last prediction was stored, in UTC.</summary>
    public required DateTimeOffset Finished { get; init; }

    /// <summary>The time between, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>How many samples were predicted in that time; those that were stored before do not count.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples for each second.</summary>
    public required double SamplesPerSecond { get; init; }

    /// <summary>The largest number of replicas that worked at the same time.</summary>
    public required int Replicas { get; init; }

    /// <summary>How many shards came back unfinished because their replica was lost.</summary>
    public required int ShardsReturned { get; init; }
}
