using System.Globalization;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Hosting;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Cli.Verbs;

/// <summary>What to do with a run.</summary>
internal enum RunControlAction
{
    /// <summary>Assigns no more shards.</summary>
    Pause,

    /// <summary>Continues the run.</summary>
    Resume,

    /// <summary>Stops the run at once.</summary>
    Cancel,
}

/// <summary>The options of <c>tinygptv runs pause</c>, <c>resume</c> and <c>cancel</c>; the priority is for resuming, null to keep it.</summary>
internal sealed record RunControlOptions(ClusterEntrance Entrance, RunId Run, RunControlAction Action, int? Priority);

/// <summary>Pauses, resumes and cancels the runs of a cluster.</summary>
/// <param name="environment">Where text goes.</param>
internal sealed class RunControl(ProgramEnvironment environment)
{
    /// <returns>The exit code.</returns>
    /// <exception cref="PrerequisiteException">The run or the cluster does not exist.</exception>
    public async Task<int> ApplyAsync(RunControlOptions options, CancellationToken cancellationToken)
    {
        await using ClusterAccess cluster = await ClusterAccess.JoinAsync(
            options.Entrance, environment.Error, environment.Time, new LogOptions(), cancellationToken);
        var run = cluster.Grains.GetGrain<IEvaluationRunGrain>(options.Run.Value);
        RunProgress after = await cluster.WhileThereAsync(ended => ApplyAsync(cluster, run, options, ended), ClusterAccess.AskLater, cancellationToken);
        if (after.WorkedOnBy is not null && options.Action != RunControlAction.Resume)
            throw new PrerequisiteException($"{after.Problem} It is not of this cluster; stop the run there.");
        bool isPausing = after.Phase is RunPhase.Running or RunPhase.Preparing && options.Action == RunControlAction.Pause;
        string phase = isPausing ? "pausing" : after.Phase.ToString().ToLowerInvariant();
        int predicted = after.Benchmarks.Sum(one => one.Predicted), samples = after.Benchmarks.Sum(one => one.Samples);
        await environment.Output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{options.Run}: {phase}, {predicted}/{samples} samples predicted, priority {after.Priority}"));
        return ExitCode.Success;
    }

    private async Task<RunProgress> ApplyAsync(ClusterAccess cluster, IEvaluationRunGrain run, RunControlOptions options, CancellationToken cancellationToken)
    {
        RunProgress before = await AskAsync(() => run.GetProgressAsync(cancellationToken));
        // A run that does not exist reports as failed, without benchmarks.
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
