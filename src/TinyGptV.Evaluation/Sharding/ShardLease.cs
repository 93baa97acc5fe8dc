namespace TinyGptV.Evaluation.Sharding;

/// <summary>A shard in the hands of a replica.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Replica">The name of the replica.</param>
/// <param name="Attempt">Which attempt to evaluate the shard this is, from 1; tells a lease from a later one of the same shard.</param>
public sealed record ShardLease(ShardIndex Shard, string Replica, int Attempt);

/// <summary>What a ledger knows of a shard.</summary>
public enum ShardState
{
    /// <summary>Nobody works on it.</summary>
    Waiting,

    /// <summary>A replica works on it.</summary>
    Leased,

    /// <summary>Too many replicas were lost with it; its samples are to be recorded as failed.</summary>
    GivenUp,

    /// <summary>Its predictions are stored.</summary>
    Completed,
}
