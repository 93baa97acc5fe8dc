using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Where runs are kept: a folder, or a container of a Blob service. Manifests and predictions are written once and never changed: whoever comes second with one
/// finds it there and writes nothing. What lies beside them under a name of its own can be replaced.
/// </summary>
public interface IRunStore
{
    /// <summary>All runs, in ordinal order of their names.</summary>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>The runs; empty if there is none.</returns>
    ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Writes the manifest of a new run.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Ends the writing early; nothing is left behind then.</param>
    /// <returns>True if it was written, false if the run has one already.</returns>
    ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken);

    /// <summary>Reads the manifest of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The manifest, or null if there is no such run.</returns>
    /// <exception cref="PrerequisiteException">The manifest is malformed or of a newer layout.</exception>
    ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>The shards of a run that have predictions.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>The shards, in ascending order.</returns>
    ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken);

    /// <summary>Writes the predictions of a shard, all or nothing, unless they are there already.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard.</param>
    /// <param name="lines">The <see cref="PredictionLines"/>, one for each sample of the shard, in the shard's order; stored as they are.</param>
    /// <param name="cancellationToken">Ends the writing early; nothing is left behind then.</param>
    /// <returns>True if they were written, false if the shard has predictions already.</returns>
    ValueTask<bool> TryWriteShardAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken);

    /// <summary>Reads the predictions of a shard.</summary>
    /// <param name="run">The run.</param>
    /// <param name="shard">The shard, one of those listed.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The predictions as they were written.</returns>
    /// <exception cref="PrerequisiteException">The shard's object cannot be read.</exception>
    ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken);

    /// <summary>Writes a file beside the predictions, replacing an older one: a report, timings, the run's state.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name, for example <c>report.csv</c>.</param>
    /// <param name="content">The content: text in UTF-8.</param>
    /// <param name="cancellationToken">Ends the writing early; the older file stays then.</param>
    /// <returns>Where it can be found, for people.</returns>
    ValueTask<string> WriteReportAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Reads what <see cref="WriteReportAsync"/> wrote.</summary>
    /// <param name="run">The run.</param>
    /// <param name="name">The file name.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The content, or null if there is no such file.</returns>
    /// <exception cref="PrerequisiteException">The file is there and cannot be read.</exception>
    ValueTask<string?> ReadReportAsync(RunId run, string name, CancellationToken cancellationToken);

    /// <summary>Looks at what lies in a run without reading it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>Versions, from which a reader sees whether anything changed; of nothing if there is no such run.</returns>
    ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken);
}
