using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Which stored shards of a run are worked on again because samples of theirs failed.</summary>
/// <param name="Round">The round, from 1.</param>
/// <param name="Again">The shards that are not done in this round.</param>
public sealed record RetryPlan(int Round, ImmutableArray<ShardIndex> Again)
{
    /// <summary>
    /// Finds the shards with failed samples, without those that are done in the round already: their older predictions are in the history and differ from
    /// the stored ones.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="round">The round.</param>
    /// <param name="stored">The stored shards.</param>
    /// <param name="kept">Gets the answers of the shards that are worked on again.</param>
    /// <param name="shards">All shards of the run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="PrerequisiteException">A shard cannot be read, or is malformed.</exception>
    public static async ValueTask<RetryPlan> ReadAsync(
        IRunStore store, RunId run, int round, ImmutableArray<ShardIndex> stored, KeptAnswers kept, ImmutableArray<PackedShard> shards,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(kept);
        var begun = (await store.ListHistoryAsync(run, cancellationToken)).ToHashSet();
        var again = ImmutableArray.CreateBuilder<ShardIndex>();
        int next = 0;
        await foreach (StoredShard predictions in store.ReadShardsAsync(run, stored, cancellationToken))
        {
            ShardIndex shard = stored[next++];
            ImmutableArray<PredictionOutline> outlines = predictions.Outlines();
            if (!outlines.Any(outline => outline.Failed) || await IsDoneAsync(store, run, new PastShard(shard, round), predictions, begun, cancellationToken))
                continue;
            again.Add(shard);
            kept.Add(shards[shard.Value], predictions.Lines, outlines);
        }

        return new RetryPlan(round, again.DrainToImmutable());
    }

    private static async ValueTask<bool> IsDoneAsync(
        IRunStore store, RunId run, PastShard past, StoredShard now, HashSet<PastShard> begun, CancellationToken cancellationToken) =>
        // A process that dies between copying a shard to the history and replacing it leaves two equal ones.
        begun.Contains(past) && !(await store.ReadHistoryAsync(run, past, cancellationToken)).Lines.Span.SequenceEqual(now.Lines.Span);
}
