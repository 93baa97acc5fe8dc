using System.Collections.Immutable;
using System.Globalization;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Stores runs in a folder: <c>&lt;run&gt;/manifest.json</c>, one immutable <c>&lt;run&gt;/predictions/shard-000000.jsonl</c> per
/// shard, <c>&lt;run&gt;/partial/</c> for shards in progress, and derived files next to them. Several processes may write at once.
/// </summary>
/// <param name="root">The folder of all runs; created with the first run.</param>
/// <param name="time">The clock that decides which temporary files are abandoned.</param>
public sealed class RunFolder(string root, TimeProvider time) : IRunStore
{
    /// <summary>
    /// The maximum number of pool threads that block on the disk, for all folders of this process. Disks flush a few files in the time of one;
    /// more threads would only be missing elsewhere.
    /// </summary>
    public const int MostWriters = 4;

    private static readonly TaskScheduler Writers = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, MostWriters).ConcurrentScheduler;

    public ValueTask<ImmutableArray<RunId>> ListAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
            return ValueTask.FromResult(ImmutableArray<RunId>.Empty);
        return ValueTask.FromResult(Directory.EnumerateDirectories(root)
            .Where(folder => RunId.IsValid(Path.GetFileName(folder)) && File.Exists(Path.Combine(folder, RunLayout.Manifest)))
            .Select(folder => new RunId(Path.GetFileName(folder)))
            .OrderBy(run => run.Value, StringComparer.Ordinal)
            .ToImmutableArray());
    }

    public async ValueTask<bool> TryCreateAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        string path = Path.Combine(FolderOf(manifest.Run), RunLayout.Manifest);
        byte[] json = RunLayout.Write(manifest);
        return await WritingAsync(path, () => WriteOnceFile.TryCreate(path, json), cancellationToken);
    }

    public async ValueTask<RunManifest?> ReadManifestAsync(RunId run, CancellationToken cancellationToken)
    {
        string path = Path.Combine(FolderOf(run), RunLayout.Manifest);
        return File.Exists(path) ? RunLayout.ReadManifest(await File.ReadAllBytesAsync(path, cancellationToken), path) : null;
    }

    public ValueTask<ImmutableArray<ShardIndex>> ListShardsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ShardsIn(PredictionsOf(run)));

    public async ValueTask<bool> TryWriteShardAsync(
        RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        string path = PathOf(run, shard);
        return await WritingAsync(path, () => WriteOnceFile.TryCreate(path, lines.Span), cancellationToken);
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

    private static async ValueTask<StoredShard> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return new StoredShard(await File.ReadAllBytesAsync(path, cancellationToken), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException($"Cannot read the predictions '{path}': {exception.Message} Check the file and its permissions.", exception);
        }
    }

    public ValueTask<ImmutableArray<ShardIndex>> ListPartialsAsync(RunId run, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ShardsIn(PartialOf(run)));

    public async ValueTask WritePartialAsync(RunId run, ShardIndex shard, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        await WritingAsync(path, () => WriteOnceFile.Replace(path, lines.Span), cancellationToken);
    }

    public async ValueTask<StoredShard?> ReadPartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        try
        {
            return new StoredShard(await File.ReadAllBytesAsync(path, cancellationToken), path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PrerequisiteException(
                $"Cannot read the answers '{path}': {exception.Message} Check the file and its permissions, or remove it: they are asked again then.", exception);
        }
    }

    public async ValueTask RemovePartialAsync(RunId run, ShardIndex shard, CancellationToken cancellationToken)
    {
        string path = Path.Combine(PartialOf(run), RunLayout.NameOf(shard));
        await WritingAsync(path, () => Remove(path), cancellationToken);
    }

    public async ValueTask<string> WriteFileAsync(RunId run, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string path = PathOf(run, name);
        return await WritingAsync(path, () => WriteOnceFile.Replace(path, content.Span), cancellationToken);
    }

    public async ValueTask<string?> ReadFileAsync(RunId run, string name, CancellationToken cancellationToken)
    {
        string path = PathOf(run, name);
        try
        {
            return await File.ReadAllTextAsync(path, cancellationToken);
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

    public ValueTask<RunVersions> ListVersionsAsync(RunId run, CancellationToken cancellationToken)
    {
        var beside = FilesOf(FolderOf(run)).Select(file => (file.Name, VersionOf(file)));
        var predictions = FilesOf(PredictionsOf(run)).Select(file => ($"{RunLayout.Predictions}/{file.Name}", VersionOf(file)));
        return ValueTask.FromResult(RunLayout.VersionsOf(beside.Concat(predictions)));
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

    /// <summary>The files of a folder in ordinal order, without those that vanish meanwhile, as temporary ones do.</summary>
    private static IEnumerable<FileInfo> FilesOf(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateFiles().Where(file => file.Exists).OrderBy(file => file.Name, StringComparer.Ordinal)
        : [];

    private static string VersionOf(FileInfo file) => string.Create(CultureInfo.InvariantCulture, $"{file.Length} {file.LastWriteTimeUtc.Ticks}");

    /// <summary>Writes on another thread, so that the caller, perhaps a grain, is not blocked while the disk flushes.</summary>
    private static async Task<T> WritingAsync<T>(string path, Func<T> write, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Factory.StartNew(write, cancellationToken, TaskCreationOptions.DenyChildAttach, Writers);
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

    private string PathOf(RunId run, string name) => name == Path.GetFileName(name) && ConfinedPath.IsPlain(name)
        ? Path.Combine(FolderOf(run), name)
        : throw new ArgumentException($"'{name}' is not a plain file name.", nameof(name));

    private string PathOf(RunId run, ShardIndex shard) => Path.Combine(PredictionsOf(run), RunLayout.NameOf(shard));
}
