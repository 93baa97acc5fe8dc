using System.Globalization;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Verbs;

/// <summary>What is done to a run.</summary>
internal enum RunControlAction
{
    /// <summary>No more shards are given out.</summary>
    Pause,

    /// <summary>It goes on.</summary>
    Resume,

    /// <summary>It stops at once.</summary>
    Cancel,
}

/// <summary>Which run of which cluster, and what is done to it; the priority is for resuming, null to leave it.</summary>
internal sealed record RunControlOptions(ClusterEntrance Entrance, RunId Run, RunControlAction Action, int? Priority);

/// <summary>Pauses, resumes and cancels the runs of a cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class RunControl(ProgramEnvironment environment)
{
    /// <returns>The exit code.</returns>
    /// <exception cref="PrerequisiteException">There is no such run, or no such cluster.</exception>
    public async Task<int> ApplyAsync(RunControlOptions options, CancellationToken cancellationToken)
    {
        await using ClusterAccess cluster = await ClusterAccess.JoinAsync(options.Entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
        var run = cluster.Grains.GetGrain<IEvaluationRunGrain>(options.Run.Value);
        RunProgress after = await cluster.WhileThereAsync(ended => ApplyAsync(cluster, run, options, ended), ClusterAccess.AskLater, cancellationToken);
        string phase = after.Phase is RunPhase.Running or RunPhase.Preparing && options.Action == RunControlAction.Pause ? "pausing" : after.Phase.ToString().ToLowerInvariant();
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{options.Run}: {phase}, {after.Benchmarks.Sum(one => one.Predicted)}/{after.Benchmarks.Sum(one => one.Samples)} samples predicted, priority {after.Priority}"));
        return ExitCode.Success;
    }

    private async Task<RunProgress> ApplyAsync(ClusterAccess cluster, IEvaluationRunGrain run, RunControlOptions options, CancellationToken cancellationToken)
    {
        RunProgress before = await AskAsync(() => run.GetProgressAsync(cancellationToken));
        // A run that is not there has failed without ever having had a benchmark.
        return before is not { Phase: RunPhase.Failed, Benchmarks.IsEmpty: true }
            ? await AskAsync(() => ApplyAsync(run, options, cancellationToken))
            : throw new PrerequisiteException(before.Problem ?? $"There is no run '{options.Run}'.");

        Task<RunProgress> AskAsync(Func<Task<RunProgress>> call) =>
            cluster.AskAsync(() => new ValueTask<RunProgress>(call()), environment.Time, cancellationToken);
    }

    private static async Task<RunProgress> ApplyAsync(IEvaluationRunGrain run, RunControlOptions options, CancellationToken cancellationToken)
    {
        switch (options.Action)
        {
            case RunControlAction.Pause:
                return await run.PauseAsync(cancellationToken);
            case RunControlAction.Resume:
                return await run.ResumeAsync(options.Priority, cancellationToken);
            default:
                await run.CancelAsync(cancellationToken);
                return await run.GetProgressAsync(cancellationToken);
        }
    }
}
