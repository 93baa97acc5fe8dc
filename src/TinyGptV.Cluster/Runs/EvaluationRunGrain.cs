using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <inheritdoc cref="IEvaluationRunGrain"/>
/// <remarks>
/// The work goes on between calls, and progress, watching and cancelling interleave with everything. What holds across every await:
/// at most one work is under way; its run is replaced only when it has ended; ledger and tally change in one turn. A snapshot
/// may therefore be taken at any time, and nothing that was read before an await is relied on after it.
/// </remarks>
[CoordinatorPlacement]
internal sealed partial class EvaluationRunGrain(
    RunPreparation preparation,
    ShardDispatch dispatch,
    RunReporting reporting,
    IOptions<EvaluationClusterOptions> options,
    TimeProvider timeProvider,
    ILogger<EvaluationRunGrain> logger) : Grain, IEvaluationRunGrain
{
    private readonly ChangeSignal _phaseChanged = new();
    private CancellationTokenSource _cancel = new();
    private Task _work = Task.CompletedTask;
    private RunInWork? _run;
    private RunPhase? _phase;
    private string? _problem;
    private bool _isLeaving;

    private RunId Run => new(this.GetPrimaryKeyString());

    public async Task<RunProgress> ResumeAsync(CancellationToken cancellationToken)
    {
        // A run that was just cancelled lets go of its shards first.
        if (_cancel.IsCancellationRequested)
            await _work.WaitAsync(cancellationToken);
        if (_work.IsCompleted && _phase is not RunPhase.Completed)
            Begin();
        return Snapshot();
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
            // Changes come with every sample; nobody looks that often. The end is not kept waiting.
            await Task.WhenAny(Task.Delay(options.Value.ProgressInterval, timeProvider, cancellationToken), _work);
        }
    }

    public async Task CancelAsync(CancellationToken cancellationToken)
    {
        await _cancel.CancelAsync();
        await _work.WaitAsync(cancellationToken);
    }

    public Task<RunReport> ReportAsync(string mode, CancellationToken cancellationToken) => reporting.ReportAsync(Run, mode, cancellationToken);

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _isLeaving = true;
        await _cancel.CancelAsync();
        await _work.WaitAsync(cancellationToken);
    }

    private static bool HasEnded(RunPhase phase) => phase is RunPhase.Completed or RunPhase.Cancelled or RunPhase.Failed;

    private void Begin()
    {
        _cancel.Dispose();
        _cancel = new CancellationTokenSource();
        _run = null;
        // Until the work ends, a run that nobody calls must stay: an idle activation is collected otherwise.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        Enter(RunPhase.Preparing);
        _work = WorkAsync(_cancel.Token);
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            _run = await preparation.PrepareAsync(Run, cancellationToken);
            LogBegins(logger, Run, _run.Ledger.Completed, _run.Ledger.Count);
            Enter(RunPhase.Running);
            DateTimeOffset started = timeProvider.GetUtcNow();
            await dispatch.RunAsync(_run, cancellationToken);
            if (await reporting.ConcludeAsync(_run, started, timeProvider.GetUtcNow(), cancellationToken) is { } problem)
                LogUnreported(logger, Run, problem);
            LogCompleted(logger, Run);
            End(RunPhase.Completed);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested)
        {
            LogCancelled(logger, exception, Run);
            End(RunPhase.Cancelled, _isLeaving ? "The coordinator shuts down; start the run again to continue it." : null);
        }
        catch (PrerequisiteException exception)
        {
            LogRefused(logger, Run, exception.Message);
            End(RunPhase.Failed, exception.Message);
        }
        catch (Exception exception)
        {
            LogFailed(logger, exception, Run);
            End(RunPhase.Failed, $"{exception.GetType().Name}: {exception.Message} What is stored stays; start the run again to continue it.");
        }
    }

    private void Enter(RunPhase phase, string? problem = null)
    {
        _phase = phase;
        _problem = problem;
        _phaseChanged.Raise();
    }

    private void End(RunPhase phase, string? problem = null)
    {
        Enter(phase, problem);
        DelayDeactivation(TimeSpan.Zero);
    }

    private async Task<RunProgress> ReadProgressAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await preparation.ReadProgressAsync(Run, cancellationToken);
        }
        catch (PrerequisiteException exception)
        {
            return new RunProgress { Run = Run, Phase = RunPhase.Failed, Problem = exception.Message };
        }
    }

    private RunProgress Snapshot() => new()
    {
        Run = Run,
        Phase = _phase ?? RunPhase.Preparing,
        Benchmarks = _run?.Tally.ToProgress() ?? [],
        Replicas = _run?.Replicas ?? 0,
        ShardsReturned = _run?.Ledger.Returned ?? 0,
        Resumed = _run?.Resumed ?? 0,
        Problem = _problem ?? WhatItWaitsFor(),
    };

    private string? WhatItWaitsFor() => _phase == RunPhase.Running && _run is { Replicas: 0, Ledger.IsComplete: false } run
        ? $"The run waits for a replica with the model {run.Manifest.Model.Name}.{(run.LastTrouble is { } trouble ? $" The last one ended: {trouble}" : "")}"
        : null;
}
