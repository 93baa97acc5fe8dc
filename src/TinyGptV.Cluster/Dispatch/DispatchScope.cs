using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>The dispatch of one run while it lasts: what its workers share.</summary>
/// <param name="Services">What every dispatch uses.</param>
/// <param name="Run">The run.</param>
/// <param name="Pauses">Which replicas are left alone for a while.</param>
/// <param name="Stop">Stops all of it.</param>
internal sealed record DispatchScope(DispatchServices Services, RunInWork Run, ReplicaPauses Pauses, CancellationTokenSource Stop)
{
    public RunId RunId => Run.Manifest.Run;

    /// <summary>True while leases may be given out.</summary>
    public bool MayTakeMore => !Run.Ledger.IsComplete && !Run.WindingDown.IsCancellationRequested;

    /// <summary>True while there is something to give out or to wait for.</summary>
    public bool IsActive => MayTakeMore || (!Run.Ledger.IsComplete && Run.Ledger.Leases > 0);
}
