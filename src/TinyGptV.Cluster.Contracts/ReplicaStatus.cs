using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Contracts;

/// <summary>How a replica is.</summary>
public enum ReplicaPhase
{
    /// <summary>It has a model and answers.</summary>
    Ready,

    /// <summary>It was asked for another checkpoint: it finishes what it has in hand, then loads. It takes nothing meanwhile.</summary>
    Loading,

    /// <summary>It has no model, because none could be loaded. It takes nothing until another one is asked for.</summary>
    Failed,

    /// <summary>Its silo was told to stop: it finishes what it has in hand and takes nothing more.</summary>
    Draining,

    /// <summary>Its silo is published, but it does not answer.</summary>
    Silent,
}

/// <summary>A replica, and how it is.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-status")]
public sealed record ReplicaStatus
{
    /// <summary>The replica's name.</summary>
    [Id(0)]
    public required string Replica { get; init; }

    /// <summary>The name of its silo; null if it does not answer.</summary>
    [Id(1)]
    public string? Silo { get; init; }

    /// <summary>How it is.</summary>
    [Id(2)]
    public required ReplicaPhase Phase { get; init; }

    /// <summary>The model that it has; null if it has none.</summary>
    [Id(3)]
    public ModelIdentity? Model { get; init; }

    /// <summary>Where that model is from, or the one that is being loaded; null if it has none.</summary>
    [Id(4)]
    public string? Location { get; init; }

    /// <summary>How many leases it has in hand.</summary>
    [Id(5)]
    public int WorkInHand { get; init; }

    /// <summary>The last request for another checkpoint that it began with; null since the silo's start if there was none.</summary>
    [Id(6)]
    public Guid? Request { get; init; }

    /// <summary>Why that request failed, and what the replica has instead; why it does not answer; null if nothing is wrong.</summary>
    [Id(7)]
    public string? Problem { get; init; }
}
