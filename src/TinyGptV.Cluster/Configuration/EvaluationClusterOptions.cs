namespace TinyGptV.Cluster.Configuration;

/// <summary>How a coordinator schedules work. No option can change a prediction.</summary>
public sealed class EvaluationClusterOptions
{
    /// <summary>Leases that a replica works on at once. Default: 2, so that it does not idle at the end of a lease.</summary>
    public int ShardsInFlight { get; set; } = 2;

    /// <summary>
    /// How often a sample may lose its replica before it is recorded as failed. Default: 4, two attempts together with others and two
    /// alone; see <see cref="TinyGptV.Evaluation.Sharding.ShardLedger"/>.
    /// </summary>
    public int AttemptsLimit { get; set; } = Evaluation.Sharding.ShardLedger.DefaultAttemptsLimit;

    /// <summary>
    /// Target duration of a lease; it sets the number of shards per lease, at least one. Default: 5 s: long compared with a lease's
    /// overhead of milliseconds, short for other runs that wait for a replica.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Maximum samples per lease, unless a single shard has more. Default: 2,048, about 1 MB on the wire.</summary>
    public int LeaseSamplesLimit { get; set; } = 2048;

    /// <summary>
    /// A lease is a straggler, and is hedged on an idle replica, when it takes this many times as long as that replica should need.
    /// Default: 2.
    /// </summary>
    public double HedgeFactor { get; set; } = 2;

    /// <summary>No lease is hedged before this time. Default: 2 s.</summary>
    public TimeSpan ShortestHedge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether to restart runs whose coordinator died. Default: true; false for a coordinator that serves one run.
    /// </summary>
    public bool AdoptsRuns { get; set; } = true;

    /// <summary>How often to look for runs whose coordinator died; also done at every membership change. Default: 15 s.</summary>
    public TimeSpan AdoptionInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often to look for new replicas. Default: 2 s; this makes no call to a replica in use.</summary>
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long to back off from a replica that failed; doubled with every further failure until it finishes a shard. Default: 1 s.
    /// </summary>
    public TimeSpan ShortestPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest back-off from a replica that keeps failing. Default: 1 min.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long answers of a shard in progress wait, once or twice this time, until they are written to the run's store. Default: 1 s: most a killed
    /// coordinator loses is two seconds of answers, and shards that take less are written once, whole.
    /// </summary>
    public TimeSpan KeepInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The shortest time between two progress snapshots to one watcher. Default: 100 ms, which looks smooth.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a coordinator owns a run without renewing. Default: 45 s, longer than a store is waited for, so that a store that is gone for a while
    /// costs no run its owner. Matters only where nothing else tells that the owner is gone: its process is not on this machine, its silo not in
    /// this cluster.
    /// </summary>
    public TimeSpan OwnershipLifetime { get; set; } = TimeSpan.FromSeconds(45);

    /// <summary>How long before that an owner that cannot renew stops by itself, in case it is slow to notice. Default: 5 s.</summary>
    public TimeSpan OwnershipMargin { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often an owner renews. Default: 5 s.</summary>
    public TimeSpan OwnershipRenewal { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a coordinator that waits for another owner looks again. Default: 1 s.</summary>
    public TimeSpan OwnershipPoll { get; set; } = TimeSpan.FromSeconds(1);
}
