namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The numbers of the pipelines around calls to replicas: time-out inside breaker inside retry. The streams of predictions are not among those
/// calls: what they leave undone, the ledger gives to somebody else.
/// </summary>
internal sealed record ReplicaResilience
{
    /// <summary>How often a call is tried again. Default: 2.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>The pause before the first retry, doubled for the next one, with jitter. Default: 0.1 s.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(0.1);

    /// <summary>
    /// How long one try may take. Default: 3 s: an answer takes milliseconds, and a silo that hangs is declared dead after 4 to 8 s.
    /// </summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The share of failed calls that opens the circuit of a replica. Default: 0.8.</summary>
    public double BreakAt { get; init; } = 0.8;

    /// <summary>Over how long that share is counted. Default: 10 s.</summary>
    public TimeSpan BreakSampling { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many calls must have been made in that time. Default: 4, more than one call with its retries.</summary>
    public int BreakMinimum { get; init; } = 4;

    /// <summary>How long the circuit stays open. Default: 2 s, no longer than a replica takes to start again.</summary>
    public TimeSpan BreakFor { get; init; } = TimeSpan.FromSeconds(2);
}
