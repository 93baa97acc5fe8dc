namespace TinyGptV.Hosting.Telemetry;

/// <summary>How far a silo is in its life.</summary>
public enum SiloPhase
{
    /// <summary>It waits for others, or joins.</summary>
    Starting,

    /// <summary>None of its replicas has a model: one is loading, at the start or because another checkpoint was asked for.</summary>
    Loading,

    /// <summary>It is a member and works.</summary>
    Ready,

    /// <summary>It is a member, but none of its replicas has a model, because none could be loaded.</summary>
    Failed,

    /// <summary>It was told to stop, takes nothing more and finishes what it has.</summary>
    Draining,

    /// <summary>The others have declared it dead; the process ends.</summary>
    Dead,
}

/// <summary>What a silo's process knows of itself without asking anybody: neither a grain nor a store.</summary>
public sealed class SiloHealth
{
    private volatile SiloPhase _phase = SiloPhase.Starting;
    private volatile Func<SiloPhase> _phaseOfReplicas = () => SiloPhase.Ready;

    /// <summary>The phase of the silo; while it is a member and was not told to stop, that of its replicas.</summary>
    public SiloPhase Phase => _phase == SiloPhase.Ready ? _phaseOfReplicas() : _phase;

    /// <summary>True once the silo has been a member.</summary>
    public bool HasStarted => _phase is not (SiloPhase.Starting or SiloPhase.Loading);

    /// <summary>Lets the replicas say whether they are ready, loading or failed. Default: ready.</summary>
    public void Heed(Func<SiloPhase> phaseOfReplicas) => _phaseOfReplicas = phaseOfReplicas;

    public void Enter(SiloPhase phase) => _phase = phase;
}
