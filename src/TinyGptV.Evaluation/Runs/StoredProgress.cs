using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The progress of an inactive run, read from its store.</summary>
public static class StoredProgress
{
    /// <summary>Reads the progress: from the state if the run is complete and no shard was removed since, otherwise by counting predictions.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="workedOnBy">Who works on the run, see <see cref="RunOwner.Place"/>; null if the run is not active.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The snapshot; a run that should be active but is not counts as cancelled.</returns>
    /// <exception cref="PrerequisiteException">The run does not exist, or one of its files is malformed.</exception>
    public static async ValueTask<RunProgress> ReadAsync(IRunStore store, RunId run, string? workedOnBy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        RunManifest manifest = await store.ReadExistingManifestAsync(run, cancellationToken);
        RunState? state = await RunState.ReadAsync(store, run, cancellationToken);
        var shards = await store.ListShardsAsync(run, cancellationToken);
        if (state is { Phase: RunPhase.Completed, Complete: { } complete } && complete.Shards == shards.Length)
            return Of(run, state, workedOnBy, complete.Benchmarks, isComplete: true);
        PredictionCounts counts = await CountAsync(store, manifest, shards, cancellationToken);
        bool isComplete = counts.ToProgress().All(benchmark => benchmark.Predicted == benchmark.Samples);
        if (!isComplete)
            await AddPartialsAsync(counts, store, run, shards, cancellationToken);
        return Of(run, state, workedOnBy, counts.ToProgress(), isComplete);
    }

    /// <summary>Counts the stored predictions of a run.</summary>
    /// <param name="store">The store.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="shards">Its stored shards.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The counts.</returns>
    /// <exception cref="PrerequisiteException">A shard is malformed.</exception>
    public static async ValueTask<PredictionCounts> CountAsync(
        IRunStore store, RunManifest manifest, ImmutableArray<ShardIndex> shards, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(manifest);
        var counts = new PredictionCounts(manifest);
        await foreach (StoredShard shard in store.ReadShardsAsync(manifest.Run, shards, cancellationToken))
            counts.Add(shard.Outlines());
        return counts;
    }

    /// <summary>Counts the answers of shards in progress too: they are not asked again.</summary>
    private static async ValueTask AddPartialsAsync(
        PredictionCounts counts, IRunStore store, RunId run, ImmutableArray<ShardIndex> stored, CancellationToken cancellationToken)
    {
        foreach (ShardIndex shard in (await store.ListPartialsAsync(run, cancellationToken)).Except(stored))
        {
            if (await store.ReadPartialAsync(run, shard, cancellationToken) is { } partial && partial.TryOutline(out var answers))
                counts.Add(answers);
        }
    }

    private static RunProgress Of(RunId run, RunState? state, string? workedOnBy, ImmutableArray<BenchmarkProgress> benchmarks, bool isComplete)
    {
        if (workedOnBy is not null && !isComplete)
            return Elsewhere(run, workedOnBy, state?.Priority ?? 0, benchmarks);
        RunPhase phase = isComplete ? RunPhase.Completed : state?.Phase is RunPhase.Paused or RunPhase.Failed ? state.Phase : RunPhase.Cancelled;
        return new RunProgress
        {
            Run = run,
            Phase = phase,
            Priority = state?.Priority ?? 0,
            Benchmarks = benchmarks,
            Resumed = benchmarks.Sum(benchmark => benchmark.Predicted),
            Problem = isComplete ? null : state?.Problem ?? "This run is not active; start it again to continue.",
        };
    }

    /// <summary>The progress of a run that another coordinator works on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="workedOnBy">Who works on it.</param>
    /// <param name="priority">Its priority.</param>
    /// <param name="benchmarks">What is stored.</param>
    /// <returns>The snapshot.</returns>
    public static RunProgress Elsewhere(RunId run, string workedOnBy, int priority, ImmutableArray<BenchmarkProgress> benchmarks) => new()
    {
        Run = run,
        Phase = RunPhase.Running,
        Priority = priority,
        Benchmarks = benchmarks,
        Resumed = benchmarks.Sum(benchmark => benchmark.Predicted),
        WorkedOnBy = workedOnBy,
        Problem = $"The {workedOnBy} works on this run.",
    };
}
