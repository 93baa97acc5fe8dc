namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// Settings of the pipelines for calls to replicas: time-out inside circuit breaker inside retry. Prediction streams do not use them; the
/// ledger gives their unfinished work to other replicas.
/// </summary>
internal sealed record ReplicaResilience
{
    /// <summary>Retries per call. Default: 2.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>The pause before the first retry, doubled for the next one, with jitter. Default: 0.1 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// Time-out of one try. Default: 3 s: an answer takes milliseconds, and a hung silo is declared dead after 4 to 8 s.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The failure ratio that opens a replica's circuit. Default: 0.8.</summary>
    public double BreakAt { get; init; } = 0.8;

    /// <summary>The time window of that ratio. Default: 10 s.</summary>
    public TimeSpan BreakSampling { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The minimum number of tries in that window. Default: 4, more than one call with its retries.</summary>
    public int BreakMinimum { get; init; } = 4;

    /// <summary>How long the circuit stays open. Default: 2 s, no longer than a replica takes to start again.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(2);
}
