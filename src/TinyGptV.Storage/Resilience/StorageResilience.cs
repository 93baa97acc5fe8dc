namespace TinyGptV.Storage.Resilience;

/// <summary>
/// The parameters of the storage pipelines; <c>docs/storage.md</c> gives the reasons. Small reads: time-out and hedge inside breaker inside retry.
/// Requests and transfers: the same without a hedge.
/// </summary>
public sealed record StorageResilience
{
    /// <summary>The maximum number of retries. Default: 8, about half a minute with the pauses below.</summary>
    public int MaxRetries { get; init; } = 8;

    /// <summary>The pause before the first retry; doubles for each further one, with jitter. Default: 0.2 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>The longest pause, even if the service requests a longer one. Default: 10 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time-out of one attempt of a small read. Default: 10 s.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The time after which a slow small read is hedged by a second request. Default: 1 s.</summary>
    public TimeSpan HedgeAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time-out of one attempt of a request: a page of a listing, a conditional create. Default: 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time-out of one attempt of a transfer: an 8 MiB range of a large blob, or a whole report. Default: 60 s.</summary>
    public TimeSpan TransferTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The failure ratio that opens the circuit. Default: 0.8.</summary>
    public double BreakAt { get; init; } = 0.8;

    /// <summary>The sampling duration for that ratio. Default: 10 s.</summary>
    public TimeSpan BreakSampling { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The minimum number of calls in that time. Default: 20.</summary>
    public int BreakMinimum { get; init; } = 20;

    /// <summary>How long the circuit stays open. Default: 2 s, shorter than the later pauses, so that retries find it half open.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(2);
}
