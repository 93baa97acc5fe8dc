using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Caching;

/// <summary>
/// Files of object storage on this machine's disk, under their SHA-256, with a note for each blob that says which digest it had in which
/// version. Several processes may use one cache. File names are digests only: nothing that comes from outside becomes a path.
/// </summary>
/// <remarks>
/// A file is used through an open handle, which holds a shared lock; eviction takes an exclusive one first and passes over what is in use.
/// Everything is written under a temporary name and then renamed, so that a reader sees a whole file or none; a damaged one is found by its digest.
/// </remarks>
internal sealed class DiskCache
{
    /// <summary>What a note takes on a disk: a block.</summary>
    private const int NoteBytes = 4096;

    /// <summary>How far eviction goes below the bound, so that it does not run for every file.</summary>
    private const double Low = 0.9;

    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _root;
    private readonly long _capacity;
    private readonly TimeProvider _time;
    private readonly Lock _counting = new();
    private long _unaccounted;
    private bool _isCounted;

    /// <param name="root">The folder; made if it is not there.</param>
    /// <param name="capacity">The bound in bytes.</param>
    /// <param name="time">Says what was used last.</param>
    /// <exception cref="PrerequisiteException">The folder cannot be made.</exception>
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

    /// <summary>The bound in bytes.</summary>
    public long Capacity => _capacity;

    /// <summary>Where files are put together that are read in parts.</summary>
    public string Partial => Path.Combine(_root, "partial");

    /// <summary>Where checkpoints are laid out by the names of their files.</summary>
    public string Checkpoints => Path.Combine(_root, "checkpoints");

    private string Contents => Path.Combine(_root, "contents");

    private string Notes => Path.Combine(_root, "notes");

    private string Temporary => Path.Combine(_root, "temporary");

    /// <summary>A path for a file or folder that nobody else uses; what is left there is removed after a day.</summary>
    public string NewTemporaryPath() => Path.Combine(Temporary, Guid.NewGuid().ToString("N"));

    /// <summary>Which version of a blob is here, and under which digest; null if none is noted.</summary>
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

    /// <summary>Opens a file; while the handle is open, the file is not evicted. Null if it is not here.</summary>
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
            return null; // not here, or being evicted just now
        }
    }

    /// <summary>Reads a small file and holds it against its digest. Null if it is not here; a damaged one is removed.</summary>
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

    /// <summary>Keeps a small file.</summary>
    public async Task AddAsync(string blob, ETag version, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        string temporary = NewTemporaryPath();
        await File.WriteAllBytesAsync(temporary, bytes, cancellationToken);
        Keep(blob, version, Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), temporary);
        MakeRoom(bytes.Length);
    }

    /// <summary>
    /// Keeps a file that lies below the cache's folder under another name; it is moved. Whoever has it open keeps it from being evicted before it
    /// is used, and then calls <see cref="MakeRoom"/>.
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

    /// <summary>Forgets a file that does not have its digest any more.</summary>
    public void RemoveDamaged(string digest)
    {
        StorageInstruments.FoundDamaged();
        File.Delete(PathOf(digest));
    }

    /// <summary>The path of a file's content.</summary>
    public string PathOf(string digest) => Path.Combine(Contents, digest[..2], digest);

    /// <summary>A name made of anything, safe as a file's.</summary>
    public static string KeyOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>The message for a disk that does not take what is written to it.</summary>
    public PrerequisiteException Unwritable(Exception exception) => new(
        $"The cache in '{_root}' cannot be written: {exception.Message} It must be a folder with space for {Gigabytes(_capacity)}; choose another with --cache, or less with --cache-size.", exception);

    /// <summary>Bytes as people read them.</summary>
    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.#} GiB");

    /// <summary>Removes what was not used for longest until the bound holds. What is open anywhere stays.</summary>
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

    /// <summary>Evicts if what was kept may be more than the bound.</summary>
    /// <param name="bytes">The size of what was kept just now.</param>
    public void MakeRoom(long bytes)
    {
        // Other processes keep files too, so the sizes are counted anew after each twentieth of the bound.
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
            return false; // in use, or gone already
        }
    }

    private void RemoveAbandoned()
    {
        DateTime old = (_time.GetUtcNow() - Abandoned).UtcDateTime;
        foreach (FileSystemInfo entry in new[] { Temporary, Partial }.SelectMany(folder => new DirectoryInfo(folder).EnumerateFileSystemInfos()).Where(entry => entry.LastWriteTimeUtc < old))
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
