using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>What an interrupted run left of shards in progress.</summary>
/// <param name="Shards">The shards of which something is stored in part, including those that are stored whole since.</param>
/// <param name="Answers">The answers to samples of shards that are not stored whole.</param>
public sealed record StoredPartials(ImmutableArray<ShardIndex> Shards, KeptAnswers Answers)
{
    /// <summary>Reads the answers. What is malformed or belongs to no shard of the run is left out, and asked again.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="shards">All shards of the run.</param>
    /// <param name="stored">The shards that are stored whole.</param>
    /// <param name="answers">Gets the answers.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The answers.</returns>
    public static async ValueTask<StoredPartials> ReadAsync(
        IRunStore store, RunId run, ImmutableArray<PackedShard> shards, ImmutableArray<ShardIndex> stored, KeptAnswers answers,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(answers);
        ImmutableArray<ShardIndex> found = [.. (await store.ListPartialsAsync(run, cancellationToken)).Where(shard => shard.Value < shards.Length)];
        foreach (ShardIndex shard in found.Except(stored))
        {
            if (await store.ReadPartialAsync(run, shard, cancellationToken) is { } partial && partial.TryOutline(out var outlines))
                answers.Add(shards[shard.Value], partial.Lines, outlines);
        }

        return new StoredPartials(found, answers);
    }
}
