using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Azure;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>
/// Stores runs in a container, under the same names as in a folder. Manifests and shards are created only if absent. The service decides
/// which writer is first, so each has exactly one content.
/// </summary>
/// <param name="blobs">The container or prefix of all runs; the container is created with the first run.</param>
internal sealed class BlobRunStore(BlobFolder blobs) : IRunStore
{
    private const int RequestsAtOnce = 16;

    /// <summary>
    /// Runs known to have a manifest. Coordinators list all runs several times a minute; this takes one request instead of one per run.
    /// </summary>
    private readonly ConcurrentDictionary<RunId, bool> _known = new();

    public async ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken)
    {
        RunId[] named = [.. (await blobs.ListFoldersAsync("", cancellationToken)).Where(RunId.IsValid).Select(name => new RunId(name))];
        await Parallel.ForEachAsync(
            named.Where(run => !_known.ContainsKey(run)),
            new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnce, CancellationToken = cancellationToken },
            async (run, token) =>
            {
                if (await blobs.ExistsAsync(FolderOf(run) + RunLayout.Manifest, token))
                    _known.TryAdd(run, true);
            });
        return [.. named.Where(_known.ContainsKey)];
    }

    public async ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken) =>
        await blobs.TryCreateAsync(FolderOf(manifest.Run) + RunLayout.Manifest, RunLayout.Write(manifest), cancellationToken);

    public async ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        string name = FolderOf(run) + RunLayout.Manifest;
        BlobReading reading = await blobs.ReadAsync(name, default, cancellationToken);
        if (reading.Status != BlobStatus.Absent)
            return RunLayout.ReadManifest(reading.Bytes.Span, blobs.LocationOf(name));
        _known.TryRemove(run, out _); // the run is being removed
        return null;
    }

    public async ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken) =>
        await ShardsInAsync(run, RunLayout.Predictions, cancellationToken);

    public async ValueTask<bool> TryWriteShardAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        await blobs.TryCreateAsync(NameOf(run, shard), lines, cancellationToken);

    public async ValueTask ReplaceShardAsync(RunId run, PastShard past, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        StoredShard now = await ReadShardAsync(run, past.Shard, cancellationToken);
        if (await blobs.TryCreateAsync(NameOf(run, past), now.Lines, cancellationToken)
            || (await ReadHistoryAsync(run, past, cancellationToken)).Lines.Span.SequenceEqual(now.Lines.Span))
            await blobs.ReplaceAsync(NameOf(run, past.Shard), lines, cancellationToken);
    }

    public async ValueTask<ImmutableArray<PastShard>> ListHistoryAsync(RunId run, CancellationToken cancellationToken)
    {
        string folder = $"{FolderOf(run)}{RunLayout.History}/";
        return RunLayout.InOrder((await blobs.ListAsync(folder, cancellationToken)).Select(blob => blob.Name[folder.Length..]));
    }

    public ValueTask<StoredShard> ReadHistoryAsync(RunId run, PastShard past, CancellationToken cancellationToken) =>
        ReadAsync(NameOf(run, past), cancellationToken);

    public ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken) =>
        ReadAsync(NameOf(run, shard), cancellationToken);

    private async ValueTask<StoredShard> ReadAsync(string name, CancellationToken cancellationToken)
    {
        BlobReading reading = await blobs.ReadAsync(name, default, cancellationToken);
        return reading.Status == BlobStatus.Read
            ? new StoredShard(reading.Bytes, blobs.LocationOf(name))
            : throw new PrerequisiteException(
                $"The predictions '{blobs.LocationOf(name)}' are missing. Restore them, or remove the run and start it again.");
    }

    public async ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken) =>
        await ShardsInAsync(run, RunLayout.Partial, cancellationToken);

    public async ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) =>
        await blobs.ReplaceAsync(PartialOf(run, shard), lines, cancellationToken);

    public async ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        string name = PartialOf(run, shard);
        BlobReading reading = await blobs.ReadAsync(name, default, cancellationToken);
        return reading.Status == BlobStatus.Read ? new StoredShard(reading.Bytes, blobs.LocationOf(name)) : null;
    }

    public async ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken) =>
        await blobs.RemoveAsync(PartialOf(run, shard), cancellationToken);

    public async ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string blob = NameOf(run, name);
        await blobs.ReplaceAsync(blob, content, cancellationToken);
        return blobs.LocationOf(blob);
    }

    public async ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        BlobReading reading = await blobs.ReadAsync(NameOf(run, name), default, cancellationToken);
        return reading.Status == BlobStatus.Read ? Encoding.UTF8.GetString(reading.Bytes.Span) : null;
    }

    public async ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken)
    {
        string folder = FolderOf(run);
        return RunLayout.VersionsOf((await blobs.ListAsync(folder, cancellationToken)).Select(blob => (blob.Name[folder.Length..], blob.Version.ToString())));
    }

    public async ValueTask<VersionedFile?> ReadVersionedAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        BlobReading reading = await blobs.ReadAsync(NameOf(run, name), default, cancellationToken);
        return reading.Status == BlobStatus.Read ? new VersionedFile(Encoding.UTF8.GetString(reading.Bytes.Span), reading.Version.ToString()) : null;
    }

    public async ValueTask<string?> TryWriteVersionedAsync(
        RunId run, string name, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        (await blobs.TryReplaceAsync(NameOf(run, name), content, version is null ? null : new ETag(version), cancellationToken))?.ToString();

    public async ValueTask<string> IdentifyAsync(CancellationToken cancellationToken) =>
        await BlobIdentity.FindAsync(blobs, cancellationToken) ?? await BlobIdentity.MakeAsync(blobs, cancellationToken);

    // A run's name can come over the network, so it is validated before it becomes part of a blob name.
    private static string FolderOf(RunId run) => RunId.Parse(run.Value ?? "").Value + "/";

    private async Task<ImmutableArray<ShardIndex>> ShardsInAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        string folder = $"{FolderOf(run)}{name}/";
        ImmutableArray<ListedBlob> listed = await blobs.ListAsync(folder, cancellationToken);
        return [.. listed.Select(blob => RunLayout.ShardOf(blob.Name[folder.Length..])).OfType<ShardIndex>().Order()];
    }

    private static string PartialOf(RunId run, ShardIndex shard) => $"{FolderOf(run)}{RunLayout.Partial}/{RunLayout.NameOf(shard)}";

    private static string NameOf(RunId run, PastShard past) => $"{FolderOf(run)}{RunLayout.History}/{RunLayout.NameOf(past)}";

    private static string NameOf(RunId run, ShardIndex shard) => $"{FolderOf(run)}{RunLayout.Predictions}/{RunLayout.NameOf(shard)}";

    private static string NameOf(RunId run, string name) => !name.Contains('/', StringComparison.Ordinal) && ConfinedPath.IsPlain(name)
        ? FolderOf(run) + name
        : throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));
}
