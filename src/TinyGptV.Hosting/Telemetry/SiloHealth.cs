namespace TinyGptV.Hosting.Telemetry;

/// <summary>The phases of a silo.</summary>
public enum SiloPhase
{
    /// <summary>It waits for other services, or is joining.</summary>
    Starting,

    /// <summary>None of its replicas has a model yet; one is loading, at the start or on a load request.</summary>
    Loading,

    /// <summary>It is a member and works.</summary>
    Ready,

    /// <summary>It is a member, but none of its replicas could load a model.</summary>
    Failed,

    /// <summary>It is shutting down: it takes no new work and finishes the work in flight.</summary>
    Draining,

    /// <summary>The cluster declared it dead; the process ends.</summary>
    Dead,
}

/// <summary>The health of this process's silo, known locally without a call to a grain or a store.</summary>
public sealed class SiloHealth
{
    private volatile SiloPhase _phase = SiloPhase.Starting;
    private volatile Func<SiloPhase> _phaseOfReplicas = () => SiloPhase.Ready;

    /// <summary>The silo's phase; while it is a member and not stopping, the phase of its replicas.</summary>
    public SiloPhase Phase => _phase == SiloPhase.Ready ? _phaseOfReplicas() : _phase;

    /// <summary>True once the silo has joined.</summary>
    public bool HasStarted => _phase is not (SiloPhase.Starting or SiloPhase.Loading);

    /// <summary>Sets the source of the replicas' phase: ready, loading or failed. Default: ready.</summary>
    public void Heed(Func<SiloPhase> phaseOfReplicas) => _phaseOfReplicas = phaseOfReplicas;

    public void Enter(SiloPhase phase) => _phase = phase;
}
