using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Parts of shards that a replica works on.</summary>
/// <param name="Number">A unique, ascending number within the run.</param>
/// <param name="Replica">The name of the replica.</param>
/// <param name="Parts">What it evaluates, in this order; at least one.</param>
/// <param name="IsHedge">True if another replica works on the same parts; the first answer counts.</param>
public sealed record ShardLease(long Number, string Replica, ImmutableArray<ShardPart> Parts, bool IsHedge)
{
    /// <summary>How many samples it has.</summary>
    public int Samples => Parts.Sum(part => part.Count);
}

/// <summary>The state of a shard in the ledger.</summary>
public enum ShardState : byte
{
    /// <summary>No replica works on it.</summary>
    Waiting,

    /// <summary>A replica works on it.</summary>
    Leased,

    /// <summary>It lost its replicas and was divided; its parts are retried one by one.</summary>
    Divided,

    /// <summary>All its predictions have arrived and are being stored.</summary>
    Delivered,

    /// <summary>Its predictions are stored.</summary>
    Completed,
}
