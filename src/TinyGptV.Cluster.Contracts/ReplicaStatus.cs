using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Contracts;

/// <summary>The phases of a replica.</summary>
public enum ReplicaPhase
{
    /// <summary>It has a model and takes work.</summary>
    Ready,

    /// <summary>It finishes the work in flight, then loads another checkpoint. It takes no new work.</summary>
    Loading,

    /// <summary>It has no model because loading failed. It takes no work until it is asked to load another one.</summary>
    Failed,

    /// <summary>Its silo is shutting down: it finishes the work in flight and takes no new work.</summary>
    Draining,

    /// <summary>Its silo is listed, but the replica does not answer.</summary>
    Silent,

    /// <summary>It has a model, but cannot read what a run needs; it takes no work of the run until it can.</summary>
    Paused,
}

/// <summary>A replica and its status.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-status")]
public sealed record ReplicaStatus
{
    /// <summary>The replica's name.</summary>
    [Id(0)]
    public required string Replica { get; init; }

    /// <summary>The name of its silo; null if it does not answer.</summary>
    [Id(1)]
    public string? Silo { get; init; }

    /// <summary>Its phase.</summary>
    [Id(2)]
    public required ReplicaPhase Phase { get; init; }

    /// <summary>The loaded model; null if there is none.</summary>
    [Id(3)]
    public ModelIdentity? Model { get; init; }

    /// <summary>Where the model, or the one being loaded, comes from; null if there is none.</summary>
    [Id(4)]
    public string? Location { get; init; }

    /// <summary>Leases in flight.</summary>
    [Id(5)]
    public int WorkInHand { get; init; }

    /// <summary>The last load request it accepted; null if there was none since the silo started.</summary>
    [Id(6)]
    public Guid? Request { get; init; }

    /// <summary>Why that request failed and what is loaded instead, or why the replica is paused or does not answer; null if nothing is wrong.</summary>
    [Id(7)]
    public string? Problem { get; init; }
}
