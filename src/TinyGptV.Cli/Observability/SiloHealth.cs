namespace TinyGptV.Cli.Observability;

/// <summary>How far a silo is in its life.</summary>
internal enum SiloPhase
{
    /// <summary>It loads its model, waits for others, or joins.</summary>
    Starting,

    /// <summary>It is a member and works.</summary>
    Ready,

    /// <summary>It was told to stop, takes nothing more and finishes what it has.</summary>
    Draining,

    /// <summary>The others have declared it dead; the process ends.</summary>
    Dead,
}

/// <summary>What a silo's process knows of itself without asking anybody: neither a grain nor a store.</summary>
internal sealed class SiloHealth
{
    private volatile SiloPhase _phase = SiloPhase.Starting;

    public SiloPhase Phase => _phase;

    /// <summary>True once the silo has been a member.</summary>
    public bool HasStarted => _phase != SiloPhase.Starting;

    public void Enter(SiloPhase phase) => _phase = phase;
}
