namespace TinyGptV.Cluster.Hosting;

/// <summary>How a coordinator moves work. None of it can change a prediction.</summary>
public sealed class EvaluationClusterOptions
{
    /// <summary>How many shards a replica works on at once. Default: 2, so that it does not run dry at a shard's end.</summary>
    public int ShardsInFlight { get; set; } = 2;

    /// <summary>
    /// How often a shard may lose its replica before it is given up. Default: 4, two attempts in company of another shard and two
    /// alone; see <see cref="TinyGptV.Evaluation.Sharding.ShardLedger"/>.
    /// </summary>
    public int AttemptsLimit { get; set; } = Evaluation.Sharding.ShardLedger.DefaultAttemptsLimit;

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
