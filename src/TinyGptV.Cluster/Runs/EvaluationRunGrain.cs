using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Telemetry;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <inheritdoc cref="IEvaluationRunGrain"/>
/// <remarks>
/// Dispatch continues between calls. Reads (progress, watching) interleave with everything; calls that start or stop the dispatch do not
/// interleave with each other. Invariants at every await: at most one dispatch is active; its run is replaced only after it has ended;
/// ledger and tally change in the same turn. So progress can be read at any time, and no value read before an await is used after it.
/// </remarks>
[CoordinatorPlacement]
internal sealed partial class EvaluationRunGrain(
    IRunStore store,
    RunPreparation preparation,
    RunOwnerships ownerships,
    DispatchServices dispatch,
    ReplicaSlots slots,
    RunReporting reporting,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<EvaluationRunGrain> logger) : Grain, IEvaluationRunGrain
{
    private readonly ChangeSignal _phaseChanged = new();
    private CancellationTokenSource _cancel = new();
    private Task _work = Task.CompletedTask;
    private ActiveRun? _run;
    private RunPhase? _phase;
    private string? _problem;
    private bool _mayPass;
    private int _priority;
    private RunPhase? _stopsAs;
    private int? _retry;
    private bool _retries;
    private RunProgress? _elsewhere;
    private bool _isWanted;

    private RunId Run => new(this.GetPrimaryKeyString());

    public async Task<RunProgress> ResumeAsync(int? priority, CancellationToken cancellationToken)
    {
        // A run that was just cancelled or paused must release its shards first.
        if (_cancel.IsCancellationRequested || _run is { WindingDown.IsCancellationRequested: true })
            await _work.WaitAsync(cancellationToken);
        if (_phase is RunPhase.Completed)
            return Snapshot();
        RunState? state = await ReadStateAsync(cancellationToken);
        (_retry, _retries) = (state?.Retry, state is { Retry: not null, Phase: not RunPhase.Completed });
        return await BeginAsync(priority ?? state?.Priority ?? 0, cancellationToken);
    }

    public async Task<RunProgress> RetryAsync(int? priority, CancellationToken cancellationToken)
    {
        if (_cancel.IsCancellationRequested || _run is { WindingDown.IsCancellationRequested: true })
            await _work.WaitAsync(cancellationToken);
        RunState? state = await ReadStateAsync(cancellationToken);
        if (_work.IsCompleted)
            (_retry, _retries) = (RunState.RoundOf(state), true);
        return await BeginAsync(priority ?? state?.Priority ?? 0, cancellationToken);
    }

    public async Task<RunProgress> ContinueAsync(CancellationToken cancellationToken)
    {
        if (!_work.IsCompleted)
            return Snapshot();
        if (await ReadStateAsync(cancellationToken) is { Phase: RunPhase.Running } state)
        {
            (_priority, _retry, _retries) = (state.Priority, state.Retry, state.Retry is not null);
            _isWanted = false;
            Begin();
        }

        return await GetProgressAsync(cancellationToken);
    }

    public async Task<RunProgress> GetProgressAsync(CancellationToken cancellationToken) =>
        _phase is null ? await ReadProgressAsync(cancellationToken) : Snapshot();

    public async IAsyncEnumerable<RunProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Task.WhenAny(_phaseChanged.Next, _run?.Changed.Next ?? _phaseChanged.Next);
            RunProgress progress = await GetProgressAsync(cancellationToken);
            yield return progress;
            if (HasEnded(progress.Phase))
                yield break;
            await changed.WaitAsync(cancellationToken);
            // Changes come at least once per shard, more often than anyone reads them. The end is reported at once.
            await Task.WhenAny(Task.Delay(options.Value.ProgressInterval, timeProvider, cancellationToken), _phaseChanged.Next);
        }
    }

    public async Task<RunProgress> PauseAsync(CancellationToken cancellationToken)
    {
        RunProgress progress = await GetProgressAsync(cancellationToken);
        // The coordinator that works on the run would not learn of it.
        if (progress.Phase is RunPhase.Completed || progress.WorkedOnBy is not null)
            return progress;
        KeepPriorityOf(progress);
        if (!await TryMarkAsync(RunPhase.Paused, null, cancellationToken))
            return progress;
        _stopsAs = RunPhase.Paused;
        _run?.WindDown();
        if (_work.IsCompleted)
            Enter(RunPhase.Paused);
        else if (_run is null)
            await _cancel.CancelAsync();
        return await GetProgressAsync(cancellationToken);
    }

    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        RunProgress progress = await GetProgressAsync(cancellationToken);
        if (progress.Phase is RunPhase.Completed || (progress.WorkedOnBy is not null && _work.IsCompleted))
            return;
        KeepPriorityOf(progress);
        // A run that another coordinator works on is only waited for no longer.
        if (progress.WorkedOnBy is null && !await TryMarkAsync(RunPhase.Cancelled, null, cancellationToken))
            return;
        _stopsAs = RunPhase.Cancelled;
        await _cancel.CancelAsync();
        await _work.WaitAsync(cancellationToken);
        if (_phase is not RunPhase.Completed)
            Enter(RunPhase.Cancelled);
    }

    public async IAsyncEnumerable<RunReport> ReportAsync(string mode, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return await reporting.ReportAsync(Run, mode, cancellationToken);
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        // This does not stop the run: another coordinator resumes it.
        _stopsAs = null;
        await _cancel.CancelAsync();
        await _work.WaitAsync(cancellationToken);
    }

    /// <summary>A run that was not active here still has its stored priority, which its new state must keep.</summary>
    private void KeepPriorityOf(RunProgress stored)
    {
        if (_phase is null)
            _priority = stored.Priority;
    }

    private static bool HasEnded(RunPhase phase) => phase is RunPhase.Completed or RunPhase.Cancelled or RunPhase.Failed;

    private async Task<RunProgress> BeginAsync(int priority, CancellationToken cancellationToken)
    {
        _priority = priority;
        await TryMarkAsync(RunPhase.Running, null, cancellationToken);
        _isWanted = true;
        if (_work.IsCompleted)
            Begin();
        else
            slots.Join(Run, _priority);
        return Snapshot();
    }

    private void Begin()
    {
        _cancel.Dispose();
        _cancel = new CancellationTokenSource();
        _run?.Dispose();
        _run = null;
        // Until the work ends, the run must stay active even without calls: Orleans collects idle activations.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        Enter(RunPhase.Preparing);
        slots.Join(Run, _priority);
        _work = WorkAsync(_cancel.Token);
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        EvaluationTraces.Leave();
        RunEnd? end = null;
        try
        {
            do
                end = await WorkAsOwnerAsync(cancellationToken);
            while (end is null);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            LogStopped(logger, exception, Run);
            end = _stopsAs is { } phase ? new RunEnd(phase) : null;
        }
        catch (Exception exception)
        {
            // Not even the owner of the run could be read or written.
            LogUnmarked(logger, exception, Run);
            end = new RunEnd(RunPhase.Failed, $"{ProblemOf(exception)} {TakenUpAgain}", MayPass: true);
        }
        finally
        {
            slots.Leave(Run);
            DelayDeactivation(TimeSpan.Zero);
            // In the turn in which the work ends, since a client that sees the end may start the run again.
            if (end is { } ended)
                Enter(ended.Phase, ended.Problem, ended.MayPass);
        }
    }

    /// <returns>How the run ended; null if it is another coordinator's now, so that it is to be waited for.</returns>
    private async Task<RunEnd?> WorkAsOwnerAsync(CancellationToken cancellationToken)
    {
        bool hasWaited = false;
        await using OwnedRun owned = await AcquireAsync(() => hasWaited = true, cancellationToken);
        // What became of the run while another coordinator had it counts more than that it ran before.
        if (hasWaited && !_isWanted && await ReadStateAsync(cancellationToken) is { Phase: not (RunPhase.Running or RunPhase.Completed) } state)
            return new RunEnd(state.Phase, state.Problem);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, owned.Lost);
        try
        {
            return await WorkToTheEndAsync(stop.Token);
        }
        catch (Exception) when (owned.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogLost(logger, Run, owned.Reason);
            if (owned.IsRemoved)
                return new RunEnd(
                    RunPhase.Failed,
                    $"The run '{Run}' was removed from its store while it was being worked on. Restore it, or start it again from the beginning.");
            _run?.Dispose();
            _run = null;
            Enter(RunPhase.Preparing);
            return null;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return await FailAsync(exception);
        }
    }

    private async Task<OwnedRun> AcquireAsync(Action waits, CancellationToken cancellationToken)
    {
        var progress = new ElsewhereProgress(store, Run);
        try
        {
            return await ownerships.AcquireAsync(Run, WaitAsync, cancellationToken);
        }
        finally
        {
            _elsewhere = null;
        }

        async Task WaitAsync(RunOwner owner)
        {
            waits();
            if (_elsewhere?.WorkedOnBy != owner.Place)
                LogWaits(logger, Run, owner.Place);
            RunProgress found = StoredProgress.Elsewhere(Run, owner.Place, _priority, await progress.ReadAsync(cancellationToken));
            _elsewhere = found with { Problem = $"{found.Problem} This one waits, and continues the run if that one stops." };
            _phaseChanged.Raise();
        }
    }

    private async Task<RunEnd> WorkToTheEndAsync(CancellationToken cancellationToken)
    {
        _run = await preparation.PrepareAsync(Run, _retries ? _retry : null, cancellationToken);
        LogBegins(logger, Run, _run.Ledger.Completed, _run.Ledger.Count);
        Enter(RunPhase.Running);
        DateTimeOffset started = timeProvider.GetUtcNow();
        try
        {
            await new ShardDispatch(dispatch, _run).RunAsync(cancellationToken);
        }
        finally
        {
            await reporting.RecordAsync(_run, started, timeProvider.GetUtcNow());
        }

        if (!_run.Ledger.IsComplete)
            return new RunEnd(RunPhase.Paused);
        if (await reporting.ConcludeAsync(_run, cancellationToken) is { } problem)
            LogUnreported(logger, Run, problem);
        await TryMarkAsync(RunPhase.Completed, null, cancellationToken);
        LogCompleted(logger, Run);
        return new RunEnd(RunPhase.Completed);
    }

    private async Task<RunEnd> FailAsync(Exception exception)
    {
        string problem = ProblemOf(exception);
        if (exception is PrerequisiteException)
            LogRefused(logger, Run, problem);
        else
            LogFailed(logger, exception, Run);
        try
        {
            await TryMarkAsync(RunPhase.Failed, problem, CancellationToken.None);
            return new RunEnd(RunPhase.Failed, problem, MayPass(exception));
        }
        catch (Exception unmarked)
        {
            // The store itself may be why the run failed.
            LogUnmarked(logger, unmarked, Run);
            return new RunEnd(RunPhase.Failed, $"{problem} {TakenUpAgain}", MayPass: true);
        }
    }

    private string TakenUpAgain => options.Value.AdoptsRuns
        ? "A coordinator takes the run up again when its store answers."
        : "The same command continues the run.";

    private static string ProblemOf(Exception exception) => exception is PrerequisiteException
        ? exception.Message
        : $"{exception.GetType().Name}: {exception.Message} What is stored stays; start the run again to continue it.";

    private static bool MayPass(Exception exception) => exception is not PrerequisiteException { MayPass: false };

    private void Enter(RunPhase phase, string? problem = null, bool mayPass = false)
    {
        _phase = phase;
        (_problem, _mayPass) = (problem, mayPass);
        _phaseChanged.Raise();
    }

    /// <returns>False if there is no such run.</returns>
    private async Task<bool> TryMarkAsync(RunPhase phase, string? problem, CancellationToken cancellationToken)
    {
        if (await store.ReadManifestAsync(Run, cancellationToken) is null)
            return false;
        // A run that was not active here may be told to pause while failed samples are to be asked again.
        int? retry = _retry ?? (await ReadStateAsync(cancellationToken))?.Retry;
        var state = new RunState { Phase = phase, Priority = _priority, Retry = retry, Problem = problem, Complete = WhatItHas(phase) };
        await state.WriteAsync(store, Run, cancellationToken);
        return true;
    }

    /// <summary>The final state of a complete run, which does not change any more.</summary>
    private CompleteRun? WhatItHas(RunPhase phase) =>
        phase is RunPhase.Completed && _run is { } run ? new CompleteRun(run.Ledger.Count, run.Tally.ToProgress()) : null;

    private ValueTask<RunState?> ReadStateAsync(CancellationToken cancellationToken) => RunState.ReadAsync(store, Run, cancellationToken);

    private async Task<RunProgress> ReadProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            RunOwner? other = await ownerships.FindOtherAsync(Run, cancellationToken);
            return await preparation.ReadProgressAsync(Run, other?.Place, cancellationToken);
        }
        catch (PrerequisiteException exception)
        {
            return new RunProgress { Run = Run, Phase = RunPhase.Failed, Problem = exception.Message };
        }
    }

    private RunProgress Snapshot() => _elsewhere ?? new()
    {
        Run = Run,
        Phase = _phase ?? RunPhase.Preparing,
        Priority = _priority,
        Benchmarks = _run?.Tally.ToProgress() ?? [],
        Replicas = _run?.Replicas ?? 0,
        ShardsReturned = _run?.Ledger.Returned ?? 0,
        ShardsHedged = _run?.Ledger.Hedged ?? 0,
        ShardsDivided = _run?.Ledger.Divided ?? 0,
        Resumed = _run?.Resumed ?? 0,
        Problem = _problem ?? WhatItWaitsFor(),
        MayPass = _mayPass,
    };

    private string? WhatItWaitsFor() => (_phase, _run) switch
    {
        (RunPhase.Running, { WindingDown.IsCancellationRequested: true, Ledger.Leases: > 0 }) => "The run pauses when what is under way is finished.",
        (RunPhase.Running, { Replicas: 0, Ledger.IsComplete: false } run) =>
            $"The run waits for a replica with the model {run.Manifest.Model.Name}.{(run.LastTrouble is { } trouble ? $" The last one ended: {trouble}" : "")}",
        _ => null,
    };

    /// <summary>How the work on the run ended.</summary>
    private sealed record RunEnd(RunPhase Phase, string? Problem = null, bool MayPass = false);
}
