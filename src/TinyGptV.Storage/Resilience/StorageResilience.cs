namespace TinyGptV.Storage.Resilience;

/// <summary>
/// The numbers of the pipelines around storage; <c>docs/storage.md</c> gives their reasons. Small reads: time-out and hedge inside breaker inside retry.
/// Requests and transfers: the same without a hedge.
/// </summary>
public sealed record StorageResilience
{
    /// <summary>How often something is tried again. Default: 8, which with the pauses below makes about half a minute.</summary>
    public int MaxRetries { get; init; } = 8;

    /// <summary>The pause before the first retry, doubled for each further one, with jitter. Default: 0.2 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>The longest pause, also if the service asks for a longer one. Default: 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one try of a small read may take. Default: 10 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>After how long a small read that has not answered is asked a second time beside the first. Default: 1 s.</summary>
    public TimeSpan HedgeAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one try of a request may take: a listing's page, a conditional create. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one try of a transfer may take: a range of 8 MiB of a large blob, or a whole report. Default: 60 s.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of failed calls that opens the circuit. Default: 0.8.</summary>
    public double BreakAt { get; init; } = 0.8;

    /// <summary>Over how long that share is counted. Default: 10 s.</summary>
    public TimeSpan BreakSampling { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls must have been made in that time. Default: 20.</summary>
    public int BreakMinimum { get; init; } = 20;

    /// <summary>How long the circuit stays open. Default: 2 s, shorter than the later pauses, so that a retry finds it half open.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(2);
}
