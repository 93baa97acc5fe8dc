using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>What the workers of one dispatch share.</summary>
/// <param name="Services">What every dispatch uses.</param>
/// <param name="Run">The run.</param>
/// <param name="Pauses">Which replicas are paused.</param>
/// <param name="Stop">Stops the dispatch.</param>
internal sealed record DispatchScope(DispatchServices Services, ActiveRun Run, ReplicaPauses Pauses, CancellationTokenSource Stop)
{
    public RunId RunId => Run.Manifest.Run;

    /// <summary>True while leases may be given out.</summary>
    public bool MayTakeMore => !Run.Ledger.IsComplete && !Run.WindingDown.IsCancellationRequested;

    /// <summary>True while there is work to give out or to wait for.</summary>
    public bool IsActive => MayTakeMore || (!Run.Ledger.IsComplete && Run.Ledger.Leases > 0);
}
