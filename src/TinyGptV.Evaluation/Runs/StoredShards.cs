using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Reads many shards of a run.</summary>
public static class StoredShards
{
    /// <summary>A run of a million samples has thirty thousand shards, and an object store takes milliseconds per read.</summary>
    private const int AtOnce = 16;

    /// <summary>Reads all stored shards of a run, in order.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The predictions of each shard.</returns>
    /// <exception cref="PrerequisiteException">A shard's object cannot be read.</exception>
    public static async IAsyncEnumerable<StoredShard> ReadShardsAsync(
        this IRunStore store, RunId run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        await foreach (StoredShard shard in store.ReadShardsAsync(run, await store.ListShardsAsync(run, cancellationToken), cancellationToken))
            yield return shard;
    }

    /// <summary>Reads shards in the given order, a few ahead of the consumer.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="shards">Listed shards.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The predictions of each shard.</returns>
    /// <exception cref="PrerequisiteException">A shard's object cannot be read.</exception>
    public static async IAsyncEnumerable<StoredShard> ReadShardsAsync(
        this IRunStore store, RunId run, ImmutableArray<ShardIndex> shards, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var ahead = new Queue<Task<StoredShard>>(AtOnce);
        try
        {
            foreach (ShardIndex shard in shards)
            {
                ahead.Enqueue(store.ReadShardAsync(run, shard, cancellationToken).AsTask());
                if (ahead.Count == AtOnce)
                    yield return await ahead.Dequeue();
            }

            while (ahead.TryDequeue(out Task<StoredShard>? next))
                yield return await next;
        }
        finally
        {
            await ((Task)Task.WhenAll(ahead)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }
}
