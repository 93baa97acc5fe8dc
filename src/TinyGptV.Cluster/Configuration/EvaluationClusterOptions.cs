namespace TinyGptV.Cluster.Configuration;

/// <summary>How a coordinator moves work. None of it can change a prediction.</summary>
public sealed class EvaluationClusterOptions
{
    /// <summary>How many leases a replica works on at once. Default: 2, so that it does not run dry at a lease's end.</summary>
    public int ShardsInFlight { get; set; } = 2;

    /// <summary>
    /// How often a sample may lose its replica before it is recorded as failed. Default: 4, two attempts in company of others and two
    /// alone; see <see cref="TinyGptV.Evaluation.Sharding.ShardLedger"/>.
    /// </summary>
    public int AttemptsLimit { get; set; } = Evaluation.Sharding.ShardLedger.DefaultAttemptsLimit;

    /// <summary>
    /// How long a lease should take; as many shards as that needs are given out at once, at least one. Default: 5 s: long beside the
    /// milliseconds that a lease costs, short beside the patience of those who wait for a replica.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most samples of a lease, unless one shard alone has more. Default: 2,048, about 1 MB on the wire.</summary>
    public int LeaseSamplesLimit { get; set; } = 2048;

    /// <summary>
    /// A lease is late, and given to an idle replica too, when it takes this many times as long as that one is expected to need.
    /// Default: 2.
    /// </summary>
    public double HedgeFactor { get; set; } = 2;

    /// <summary>No lease is late before this time. Default: 2 s.</summary>
    public TimeSpan ShortestHedge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether runs whose coordinator died are taken up by themselves. Default: true; false for a coordinator that is there for one run.
    /// </summary>
    public bool AdoptsRuns { get; set; } = true;

    /// <summary>How often, besides at every change of the cluster, runs are looked for whose coordinator died. Default: 15 s.</summary>
    public TimeSpan AdoptionInterval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often replicas that joined are looked for. Default: 2 s; a look costs no call to a replica in use.</summary>
    public TimeSpan DiscoveryInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a replica that failed is left alone; doubled with every further failure until it finishes a shard. Default: 1 s.
    /// </summary>
    public TimeSpan ShortestPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest time a replica that keeps failing is left alone. Default: 1 min.</summary>
    public TimeSpan LongestPause { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time between two progress snapshots to one watcher. Default: 100 ms, smooth for the eye.</summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromMilliseconds(100);
}
