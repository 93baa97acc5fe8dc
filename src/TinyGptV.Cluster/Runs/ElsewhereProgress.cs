using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

/// <summary>Watches what another coordinator stores of a run. Every shard is read once.</summary>
internal sealed class ElsewhereProgress(IRunStore store, RunId run)
{
    private readonly HashSet<ShardIndex> _counted = [];
    private PredictionCounts? _counts;

    /// <summary>Counts what was stored since the last call.</summary>
    /// <exception cref="Evaluation.PrerequisiteException">The run does not exist, or a file of it cannot be read.</exception>
    public Task<ImmutableArray<BenchmarkProgress>> ReadAsync(CancellationToken cancellationToken) =>
        OffTurn.RunAsync(() => CountAsync(cancellationToken), cancellationToken);

    private async Task<ImmutableArray<BenchmarkProgress>> CountAsync(CancellationToken cancellationToken)
    {
        _counts ??= new PredictionCounts(await store.ReadExistingManifestAsync(run, cancellationToken));
        ImmutableArray<ShardIndex> added = [.. (await store.ListShardsAsync(run, cancellationToken)).Where(shard => !_counted.Contains(shard))];
        await foreach (StoredShard shard in store.ReadShardsAsync(run, added, cancellationToken))
            _counts.Add(shard.Outlines());
        _counted.UnionWith(added);
        return _counts.ToProgress();
    }
}
