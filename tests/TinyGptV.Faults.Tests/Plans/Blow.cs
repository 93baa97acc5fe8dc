namespace TinyGptV.Faults.Tests.Plans;

/// <summary>The kinds of faults.</summary>
public enum BlowKind
{
    /// <summary>SIGKILL to a replica.</summary>
    KillReplica,

    /// <summary>SIGKILL to a coordinator.</summary>
    KillCoordinator,

    /// <summary>SIGKILL to both coordinators at once.</summary>
    KillCoordinators,

    /// <summary>SIGKILL to every silo at once.</summary>
    KillEverything,

    /// <summary>SIGTERM to a replica, which drains.</summary>
    StopReplica,

    /// <summary>SIGTERM to a coordinator.</summary>
    StopCoordinator,

    /// <summary>SIGSTOP to a replica for longer than the failure detector takes, then SIGCONT.</summary>
    FreezeReplica,

    /// <summary>SIGSTOP to a coordinator for longer than the failure detector takes, then SIGCONT.</summary>
    FreezeCoordinator,

    /// <summary>Half of the storage requests are answered with 500, 503 or 409, late, or not at all, for a while.</summary>
    StorageFails,

    /// <summary>No storage request is answered for some seconds.</summary>
    StorageGone,

    /// <summary>The membership store is killed and comes back with its data after 30 s.</summary>
    MembershipGone,

    /// <summary>A coordinator and a replica cannot reach each other for a while; both still reach the others.</summary>
    PartitionPair,

    /// <summary>A silo is isolated for longer than the failure detector takes.</summary>
    PartitionSilo,
}

/// <summary>One fault.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Coordinator">The number of the affected coordinator, from 0, if there is one.</param>
/// <param name="Replica">The number of the affected replica, from 0, if there is one.</param>
/// <param name="At">When it is injected: as soon as this share of the shards is stored, 0 to 1.</param>
public sealed record Blow(BlowKind Kind, int Coordinator, int Replica, double At)
{
    public override string ToString() => Kind switch
    {
        BlowKind.KillReplica => $"kill -9 of replica {Replica + 1}",
        BlowKind.KillCoordinator => $"kill -9 of coordinator {Coordinator + 1}",
        BlowKind.KillCoordinators => "kill -9 of both coordinators",
        BlowKind.KillEverything => "kill -9 of every silo",
        BlowKind.StopReplica => $"SIGTERM to replica {Replica + 1}",
        BlowKind.StopCoordinator => $"SIGTERM to coordinator {Coordinator + 1}",
        BlowKind.FreezeReplica => $"SIGSTOP of replica {Replica + 1}",
        BlowKind.FreezeCoordinator => $"SIGSTOP of coordinator {Coordinator + 1}",
        BlowKind.StorageFails => "storage answers wrongly, late or not at all",
        BlowKind.StorageGone => "storage is gone",
        BlowKind.MembershipGone => "membership store is gone for 30 s",
        BlowKind.PartitionPair => $"coordinator {Coordinator + 1} and replica {Replica + 1} cannot reach each other",
        _ => $"replica {Replica + 1} is cut off from everybody",
    };
}
