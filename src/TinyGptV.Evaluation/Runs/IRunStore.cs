using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Where runs are stored: a folder or a blob container. Manifests and predictions are written once; a second write of the same object does
/// nothing. Only asking failed samples again replaces a shard, and keeps what it was. Other files beside them can be replaced, and so can the answers
/// of shards in progress.
/// </summary>
public interface IRunStore
{
    /// <summary>All runs, in ordinal order of their names.</summary>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The runs.</returns>
    ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes the manifest of a new run.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Cancels the write; nothing is left behind.</param>
    /// <returns>True if written, false if the run already has one.</returns>
    ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken);

    /// <summary>Reads the manifest of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The manifest; null if the run does not exist.</returns>
    /// <exception cref="PrerequisiteException">The manifest is malformed or has a newer layout.</exception>
    ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>The shards of a run with stored predictions.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The shards, in ascending order.</returns>
    ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Writes the predictions of a shard atomically, unless they already exist.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="lines">The <see cref="PredictionLines"/>, one per sample, in the shard's order; stored unchanged.</param>
    /// <param name="cancellationToken">Cancels the write; nothing is left behind.</param>
    /// <returns>True if written, false if the shard already has predictions.</returns>
    ValueTask<bool> TryWriteShardAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Reads the predictions of a shard.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">A listed shard.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The predictions as written.</returns>
    /// <exception cref="PrerequisiteException">The shard's object cannot be read.</exception>
    ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the predictions of a stored shard whose failed samples were asked again. The older ones are copied to the run's history first, written once
    /// for each round, so that nothing is lost; a second replacement in the same round does nothing.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="past">The stored shard, and the round in which it was asked again.</param>
    /// <param name="lines">The <see cref="PredictionLines"/>, one per sample, in the shard's order.</param>
    /// <param name="cancellationToken">Cancels the write; the older predictions stay.</param>
    /// <returns>A task that ends when they are written.</returns>
    /// <exception cref="PrerequisiteException">The shard is not stored, or cannot be read or written.</exception>
    ValueTask ReplaceShardAsync(RunId run, PastShard past, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>What is in the history of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>Shards and rounds, by shard, then by round.</returns>
    ValueTask<ImmutableArray<PastShard>> ListHistoryAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Reads what a shard was before a round.</summary>
    /// <param name="run">The run.</param>
    /// <param name="past">A listed entry of the history.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The older predictions.</returns>
    /// <exception cref="PrerequisiteException">The object cannot be read.</exception>
    ValueTask<StoredShard> ReadHistoryAsync(RunId run, PastShard past, CancellationToken cancellationToken);

    /// <summary>The shards of a run of which answers are stored in part, because they were interrupted or are in progress.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the listing.</param>
    /// <returns>The shards, in ascending order.</returns>
    ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Writes the answers so far of a shard in progress atomically, replacing older ones.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="lines">The <see cref="PredictionLines"/> of some of its samples.</param>
    /// <param name="cancellationToken">Cancels the write; the older ones stay.</param>
    /// <returns>A task that ends when they are written.</returns>
    ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Reads what <see cref="WritePartialAsync"/> wrote.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The answers; null if there are none.</returns>
    /// <exception cref="PrerequisiteException">They cannot be read.</exception>
    ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken);

    /// <summary>Removes what <see cref="WritePartialAsync"/> wrote. Does nothing if it is not there.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="cancellationToken">Cancels the removal.</param>
    /// <returns>A task that ends when it is removed.</returns>
    ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken);

    /// <summary>Writes a file beside the predictions, replacing an older one: a report, timings, the run's state.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name, for example <c>report.csv</c>.</param>
    /// <param name="content">The content: text in UTF-8.</param>
    /// <param name="cancellationToken">Cancels the write; the older file stays.</param>
    /// <returns>Its location, for display.</returns>
    ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads what <see cref="WriteFileAsync"/> wrote.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The content; null if the file does not exist.</returns>
    /// <exception cref="PrerequisiteException">The file exists but cannot be read.</exception>
    ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken);

    /// <summary>Finds the versions of a run's files without reading them.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>Versions, from which a reader sees whether anything changed; of nothing if there is no such run.</returns>
    ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Reads what <see cref="TryWriteVersionedAsync"/> wrote.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The content and its version; null if the file does not exist.</returns>
    ValueTask<VersionedFile?> ReadVersionedAsync(RunId run, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Writes a file beside the predictions if it still has the version that the caller read. Of several writers over one version, in any processes,
    /// exactly one succeeds.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name; not one that <see cref="WriteFileAsync"/> writes.</param>
    /// <param name="version">The version that was read; null if there was no file.</param>
    /// <param name="content">The content: text in UTF-8.</param>
    /// <param name="cancellationToken">Cancels the write; whether it was done is then unknown.</param>
    /// <returns>The new version; null if the file has another version by now, or is gone.</returns>
    ValueTask<string?> TryWriteVersionedAsync(RunId run, string name, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>The identity of this store: a token that the first coordinator writes into it. Equal tokens mean one store.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The token.</returns>
    /// <exception cref="PrerequisiteException">The store cannot be written or read.</exception>
    ValueTask<string> IdentifyAsync(CancellationToken cancellationToken);
}
