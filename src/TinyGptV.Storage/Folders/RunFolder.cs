using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Polly;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Stores runs in a folder: <c>&lt;run&gt;/manifest.json</c>, one immutable <c>&lt;run&gt;/predictions/shard-000000.jsonl</c> per
/// shard, <c>&lt;run&gt;/partial/</c> for shards in progress, and derived files next to them. Several processes may write at once.
/// </summary>
/// <param name="root">The folder of all runs; created with the first run.</param>
/// <param name="time">The clock that decides which temporary files are abandoned.</param>
/// <param name="resilience">How long a full or failing disk is waited for; null for the defaults.</param>
public sealed class RunFolder(string root, TimeProvider time, StorageResilience? resilience = null) : IRunStore
{
    /// <summary>
    /// The maximum number of pool threads that block on the disk, for all folders of this process. Disks flush a few files in the time of one;
    /// more threads would only be missing elsewhere.
    /// </summary>
    public const int MostWriters = 4;

    private static readonly TaskScheduler Writers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MostWriters).ConcurrentScheduler;

    private readonly ResiliencePipeline _disk = DiskPipeline.Create(resilience ?? new StorageResilience(), time);

    /// <summary>Runs whose manifest this process has seen: if it is gone, the run was removed, and no file of it may be written again.</summary>
    private readonly ConcurrentDictionary<RunId, bool> _seen = new();

    public ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken) => ReadingAsync(root, () => !Directory.Exists(root)
        ? []
        : Directory.EnumerateDirectories(root)
            .Where(folder => RunId.IsValid(Path.GetFileName(folder)) && File.Exists(Path.Combine(folder, RunLayout.Manifest)))
            .Select(folder => new RunId(Path.GetFileName(folder)))
            .OrderBy(run => run.Value, StringComparer.Ordinal)
            .ToImmutableArray(), cancellationToken);

    public async ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        string path = Path.Combine(FolderOf(manifest.Run), RunLayout.Manifest);
        byte[] json = RunLayout.Write(manifest);
        bool created = await WritingAsync(path, () => WriteOnceFile.TryCreate(path, json), cancellationToken);
        _seen.TryAdd(manifest.Run, true);
        return created;
    }

    public async ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        string path = Path.Combine(FolderOf(run), RunLayout.Manifest);
        if (await ReadIfThereAsync(path, cancellationToken) is not { } json)
            return null;
        RunManifest manifest = RunLayout.ReadManifest(json, path);
        _seen.TryAdd(run, true);
        return manifest;
    }

    public ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken)
    {
        string folder = PredictionsOf(run);
        return ReadingAsync(folder, () => ListShards(run, folder), cancellationToken);
    }

    public async ValueTask<bool> TryWriteShardAsync(
        RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        string path = PathOf(run, shard);
        return await WritingAsync(path, () => Still(run) && WriteOnceFile.TryCreate(path, lines.Span), cancellationToken);
    }

    public async ValueTask ReplaceShardAsync(RunId run, PastShard past, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        StoredShard now = await ReadShardAsync(run, past.Shard, cancellationToken);
        string history = PathOf(run, past), path = PathOf(run, past.Shard);
        bool isFirst = await WritingAsync(history, () => WriteOnceFile.TryCreate(history, now.Lines.Span), cancellationToken);
        if (isFirst || (await ReadAsync(history, cancellationToken)).Lines.Span.SequenceEqual(now.Lines.Span))
            await WritingAsync(path, () => WriteOnceFile.Replace(path, lines.Span), cancellationToken);
    }

    public ValueTask<ImmutableArray<PastShard>> ListHistoryAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(RunLayout.InOrder(FilesOf(HistoryOf(run)).Select(file => file.Name)));

    public ValueTask<StoredShard> ReadHistoryAsync(RunId run, PastShard past, CancellationToken cancellationToken) =>
        ReadAsync(PathOf(run, past), cancellationToken);

    public ValueTask<StoredShard> ReadShardAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken) =>
        ReadAsync(PathOf(run, shard), cancellationToken);

    private async ValueTask<StoredShard> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new StoredShard(
                await _disk.ExecuteAsync(async token => await File.ReadAllBytesAsync(path, token), cancellationToken), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read the predictions '{path}': {exception.Message} Check the file and its permissions.", exception);
        }
    }

    public ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken) =>
        ReadingAsync(PartialOf(run), () => ShardsIn(PartialOf(run)), cancellationToken);

    public async ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        await WritingAsync(path, () => Still(run) ? WriteOnceFile.Replace(path, lines.Span) : path, cancellationToken);
    }

    public async ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        return await ReadIfThereAsync(path, cancellationToken) is { } lines ? new StoredShard(lines, path) : null;
    }

    public async ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        await WritingAsync(path, () => Remove(path), cancellationToken);
    }

    public async ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string path = PathOf(run, name);
        return await WritingAsync(path, () => Still(run) ? WriteOnceFile.Replace(path, content.Span) : path, cancellationToken);
    }

    public async ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken) =>
        await ReadIfThereAsync(PathOf(run, name), cancellationToken) is { } content ? Decode(content) : null;

    public ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken) => ReadingAsync(FolderOf(run), () =>
    {
        var beside = FilesOf(FolderOf(run)).Select(file => (file.Name, VersionOf(file)));
        var predictions = FilesOf(PredictionsOf(run)).Select(file => ($"{RunLayout.Predictions}/{file.Name}", VersionOf(file)));
        return RunLayout.VersionsOf(beside.Concat(predictions));
    }, cancellationToken);

    public ValueTask<VersionedFile?> ReadVersionedAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        string folder = VersionsOf(run, name);
        return ReadingAsync(folder, new FileVersions(folder).Read, cancellationToken);
    }

    public async ValueTask<string?> TryWriteVersionedAsync(
        RunId run, string name, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string folder = VersionsOf(run, name);
        return await WritingAsync(folder, () => new FileVersions(folder).TryWrite(version, content.Span), cancellationToken);
    }

    public async ValueTask<string> IdentifyAsync(CancellationToken cancellationToken)
    {
        string path = Path.Combine(root, RunLayout.Identity);
        return await WritingAsync(path, () => FolderIdentity.Find(root) ?? FolderIdentity.Make(root), cancellationToken);
    }

    /// <summary>The files of a folder in ordinal order, without temporary ones that have just vanished.</summary>
    private static IEnumerable<FileInfo> FilesOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles().Where(file => file.Exists).OrderBy(file => file.Name, StringComparer.Ordinal)
        : [];

    private static string VersionOf(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");

    private static string Decode(byte[] content) => new UTF8Encoding().GetString(content).TrimStart('\uFEFF');

    private ImmutableArray<ShardIndex> ListShards(RunId run, string folder)
    {
        foreach (string one in new[] { FolderOf(run), VersionsOf(run, RunOwnership.File) }.Where(Directory.Exists))
            WriteOnceFile.RemoveAbandoned(one, time.GetUtcNow());
        return ShardsIn(folder);
    }

    /// <summary>Checks that a run was not removed since this process began to work on it: a file written now would be the only one of its folder.</summary>
    /// <returns>True.</returns>
    /// <exception cref="PrerequisiteException">The run is gone.</exception>
    private bool Still(RunId run)
    {
        if (!_seen.ContainsKey(run))
            return true;
        try
        {
            // Unlike File.Exists, this tells a missing file from a failing disk.
            File.GetAttributes(Path.Combine(FolderOf(run), RunLayout.Manifest));
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new PrerequisiteException(
                $"The run '{run}' is gone from '{root}': its folder was removed, or the disk is no longer mounted. "
                + "Restore it to continue the run, or start the run again from the beginning.", exception);
        }
    }

    private async ValueTask<byte[]?> ReadIfThereAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await _disk.ExecuteAsync(async token => await File.ReadAllBytesAsync(path, token), cancellationToken);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read '{path}': {exception.Message} Check the file and its permissions.", exception);
        }
    }

    private ImmutableArray<ShardIndex> ShardsIn(string folder)
    {
        if (!Directory.Exists(folder))
            return [];
        WriteOnceFile.RemoveAbandoned(folder, time.GetUtcNow());
        return [.. Directory.EnumerateFiles(folder, RunLayout.ShardPrefix + "*" + RunLayout.ShardSuffix)
            .Select(path => RunLayout.ShardOf(Path.GetFileName(path))).OfType<ShardIndex>().Order()];
    }

    /// <summary>Removes a file, and its folder with the last one.</summary>
    private static string Remove(string path)
    {
        string folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
            return path;
        File.Delete(path);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
            Directory.Delete(folder);
        return path;
    }

    /// <summary>Lists a folder; waits if the disk fails.</summary>
    private async ValueTask<T> ReadingAsync<T>(string path, Func<T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await _disk.ExecuteAsync(_ => ValueTask.FromResult(read()), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read '{path}': {exception.Message} Check the folder and its permissions.", exception);
        }
    }

    /// <summary>
    /// Writes on another thread, so that the caller, perhaps a grain, is not blocked while the disk flushes. Waits for a full or failing disk.
    /// </summary>
    private async Task<T> WritingAsync<T>(string path, Func<T> write, CancellationToken cancellationToken)
    {
        try
        {
            return await _disk.ExecuteAsync(
                async token => await Task.Factory.StartNew(write, token, TaskCreationOptions.DenyChildAttach, Writers), cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException(
                $"Cannot write '{path}': {exception.Message} The folder of runs needs write permission and free space; choose another with --runs.", exception);
        }
    }

    // A run's name can come over the network, so it is validated before it becomes a path.
    private string FolderOf(RunId run) => Path.Combine(root, RunId.Parse(run.Value ?? "").Value);

    private string PredictionsOf(RunId run) => Path.Combine(FolderOf(run), RunLayout.Predictions);

    private string HistoryOf(RunId run) => Path.Combine(FolderOf(run), RunLayout.History);

    private string PathOf(RunId run, PastShard past) => Path.Combine(HistoryOf(run), RunLayout.NameOf(past));

    private string PartialOf(RunId run) => Path.Combine(FolderOf(run), RunLayout.Partial);

    /// <summary>The folder of a file's versions. Hidden, because it is not needed once the run has ended.</summary>
    private string VersionsOf(RunId run, string name) =>
        Path.Combine(FolderOf(run), "." + Path.GetFileNameWithoutExtension(PathOf(run, name)));

    private string PathOf(RunId run, string name) => name == Path.GetFileName(name) && ConfinedPath.IsPlain(name)
        ? Path.Combine(FolderOf(run), name)
        : throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));

    private string PathOf(RunId run, ShardIndex shard) => Path.Combine(PredictionsOf(run), RunLayout.NameOf(shard));
}
