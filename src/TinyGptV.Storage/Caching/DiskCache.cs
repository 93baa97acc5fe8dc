using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Caching;

/// <summary>
/// Caches files from object storage on this machine's disk by SHA-256, with a note per blob that records its version and digest. Several
/// processes may share one cache. File names are digests only: no external text becomes part of a path.
/// </summary>
/// <remarks>
/// A file is used through an open handle, which holds a shared lock; eviction takes an exclusive lock first and skips files in use.
/// Everything is written under a temporary name and then renamed, so a reader sees a complete file or none; the digest reveals damage.
/// </remarks>
internal sealed class DiskCache
{
    /// <summary>The disk space of a note: one block.</summary>
    private const int NoteBytes = 4096;

    /// <summary>The fraction of the limit that eviction goes down to, so that it does not run for every file.</summary>
    private const double Low = 0.9;

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly long _capacity;
    private readonly TimeProvider _time;
    private readonly Lock _counting = new();
    private long _unaccounted;
    private bool _isCounted;

    /// <param name="root">The folder; created if absent.</param>
    /// <param name="capacity">The limit in bytes.</param>
    /// <param name="time">The clock for the times of last use.</param>
    /// <exception cref="PrerequisiteException">The folder cannot be created.</exception>
    public DiskCache(string root, long capacity, TimeProvider time)
    {
        (_root, _capacity, _time) = (Path.GetFullPath(root), capacity, time);
        try
        {
            foreach (string folder in new[] { Contents, Notes, Temporary, Partial, Checkpoints })
                Directory.CreateDirectory(folder);
            RemoveAbandoned();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>The limit in bytes.</summary>
    public long Capacity => _capacity;

    /// <summary>The folder for files that are downloaded in ranges.</summary>
    public string Partial => Path.Combine(_root, "partial");

    /// <summary>The folder of checkpoints, with links under the files' own names.</summary>
    public string Checkpoints => Path.Combine(_root, "checkpoints");

    private string Contents => Path.Combine(_root, "contents");

    private string Notes => Path.Combine(_root, "notes");

    private string Temporary => Path.Combine(_root, "temporary");

    /// <summary>A new path for a temporary file or folder; leftovers are removed after a day.</summary>
    public string NewTemporaryPath() => Path.Combine(Temporary, Guid.NewGuid().ToString("N"));

    /// <summary>The cached version of a blob and its digest; null if there is no note.</summary>
    public CachedVersion? Find(string blob)
    {
        try
        {
            string path = PathOfNote(blob);
            if (File.ReadAllLines(path) is not [var version, { Length: 2 * SHA256.HashSizeInBytes } digest] || !digest.All(char.IsAsciiHexDigitLower))
                return null;
            Touch(path);
            return new CachedVersion(new ETag(version), digest);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Opens a file, which is not evicted while it is open. Null if it is not cached.</summary>
    public FileStream? TryOpen(string digest)
    {
        string path = PathOf(digest);
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Touch(path);
            return stream;
        }
        catch (IOException)
        {
            return null; // not cached, or being evicted
        }
    }

    /// <summary>Reads a small file and verifies its digest. Null if it is not cached; a damaged file is removed.</summary>
    public async Task<byte[]?> TryReadAsync(string digest, CancellationToken cancellationToken)
    {
        await using FileStream? stream = TryOpen(digest);
        if (stream is null)
            return null;
        byte[] bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) == digest)
            return bytes;
        RemoveDamaged(digest);
        return null;
    }

    /// <summary>Adds a small file.</summary>
    public async Task AddAsync(string blob, ETag version, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        string temporary = NewTemporaryPath();
        await File.WriteAllBytesAsync(temporary, bytes, cancellationToken);
        Keep(blob, version, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), temporary);
        MakeRoom(bytes.Length);
    }

    /// <summary>
    /// Adds a file that is in the cache's folder under another name; moves it. The caller keeps it open, so that it is not evicted before
    /// its first use, and then calls <see cref="MakeRoom"/>.
    /// </summary>
    public void Keep(string blob, ETag version, string digest, string temporary)
    {
        string path = PathOf(digest);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Touch(temporary);
        File.Move(temporary, path, overwrite: true);

        string note = NewTemporaryPath();
        File.WriteAllText(note, $"{version}\n{digest}\n");
        Touch(note);
        Directory.CreateDirectory(Path.GetDirectoryName(PathOfNote(blob))!);
        File.Move(note, PathOfNote(blob), overwrite: true);
    }

    /// <summary>Removes a file that no longer matches its digest.</summary>
    public void RemoveDamaged(string digest)
    {
        StorageInstruments.FoundDamaged();
        File.Delete(PathOf(digest));
    }

    /// <summary>The path of a file's content.</summary>
    public string PathOf(string digest) => Path.Combine(Contents, digest[..2], digest);

    /// <summary>A safe file name derived from any text.</summary>
    public static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The message for a failed write to the cache.</summary>
    public PrerequisiteException Unwritable(Exception exception) => new(
        $"Cannot write to the cache in '{_root}': {exception.Message} It needs a folder with {Gigabytes(_capacity)} of space; "
        + "choose another folder with --cache, or a smaller limit with --cache-size.",
        exception);

    /// <summary>A size for messages.</summary>
    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB");

    /// <summary>Removes the least recently used files until the limit is met. Skips files that are open in any process.</summary>
    private void Evict()
    {
        FileInfo[] files = [.. new[] { Contents, Notes }
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
            .OrderBy(file => file.LastWriteTimeUtc)];
        long total = files.Sum(SizeOf);
        if (total <= _capacity)
            return;
        foreach (FileInfo file in files)
        {
            if (total <= _capacity * Low)
                return;
            if (!TryRemove(file.FullName))
                continue;
            total -= SizeOf(file);
            StorageInstruments.Evict(SizeOf(file));
        }
    }

    /// <summary>Evicts files if the cache may exceed its limit.</summary>
    /// <param name="bytes">The size of the file just added.</param>
    public void MakeRoom(long bytes)
    {
        // Other processes add files too, so the sizes are counted again after each twentieth of the limit.
        lock (_counting)
        {
            _unaccounted += bytes + NoteBytes;
            if (_isCounted && _unaccounted < _capacity / 20)
                return;
            (_isCounted, _unaccounted) = (true, 0);
        }
        Evict();
    }

    private void Touch(string path) => File.SetLastWriteTimeUtc(path, _time.GetUtcNow().UtcDateTime);

    private static bool TryRemove(string path)
    {
        try
        {
            using var exclusive = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // in use, or already gone
        }
    }

    private void RemoveAbandoned()
    {
        DateTime old = (_time.GetUtcNow() - Abandoned).UtcDateTime;
        IEnumerable<FileSystemInfo> entries = new[] { Temporary, Partial }.SelectMany(folder => new DirectoryInfo(folder).EnumerateFileSystemInfos());
        foreach (FileSystemInfo entry in entries.Where(entry => entry.LastWriteTimeUtc < old))
        {
            if (entry is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                TryRemove(entry.FullName);
        }
    }

    private static long SizeOf(FileInfo file) => Math.Max(file.Length, NoteBytes);

    private string PathOfNote(string blob)
    {
        string key = KeyOf(blob);
        return Path.Combine(Notes, key[..2], key);
    }
}

/// <summary>A version of a blob, and the SHA-256 of its content in lower-case hexadecimal.</summary>
internal sealed record CachedVersion(ETag Version, string Digest);
