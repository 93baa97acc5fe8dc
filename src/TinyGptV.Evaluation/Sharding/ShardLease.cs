using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Parts of shards in the hands of a replica.</summary>
/// <param name="Number">Tells leases of a run apart; ascending.</param>
/// <param name="Replica">The name of the replica.</param>
/// <param name="Parts">What it evaluates, in this order; at least one.</param>
/// <param name="IsHedge">True if another replica works on the same parts: whoever answers first counts.</param>
public sealed record ShardLease(long Number, string Replica, ImmutableArray<ShardPart> Parts, bool IsHedge)
{
    /// <summary>How many samples it is about.</summary>
    public int Samples => Parts.Sum(part => part.Count);
}

/// <summary>What a ledger knows of a shard.</summary>
public enum ShardState : byte
{
    /// <summary>Nobody works on it.</summary>
    Waiting,

    /// <summary>A replica works on it.</summary>
    Leased,

    /// <summary>It lost its replicas and was divided; its parts are tried one by one.</summary>
    Divided,

    /// <summary>All its predictions are at hand, and on their way into the store.</summary>
    Delivered,

    /// <summary>Its predictions are stored.</summary>
    Completed,
}
