using System.Collections.Immutable;
using System.Security.Cryptography;
using TinyGptV.Evaluation;
using TinyGptV.Storage.Caching;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>
/// A checkpoint under a prefix of a container. Its files are cached on this machine's disk by SHA-256, with links under their own names, and
/// are verified against their digests each time the checkpoint is fetched.
/// </summary>
/// <param name="blobs">The checkpoint's blobs.</param>
/// <param name="cache">The disk cache.</param>
internal sealed class BlobCheckpoint(BlobFolder blobs, DiskCache cache)
{
    /// <summary>An optional file of digests next to the others, in the format of <c>sha256sum</c>.</summary>
    private const string DigestsFile = "SHA256SUMS";

    /// <exception cref="PrerequisiteException">There is no checkpoint, it does not fit into the cache, or a digest is wrong.</exception>
    public async Task<LocalCheckpoint> FetchAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<ListedBlob> files = [.. (await blobs.ListAsync("", cancellationToken)).Where(blob => !blob.Name.EndsWith('/'))];
        Check(files);
        IReadOnlyDictionary<string, string> digests = await ReadDigestsAsync(files, cancellationToken);
        var open = new List<CachedFile>();
        try
        {
            foreach (ListedBlob file in files)
                open.Add(await FetchAsync(file, digests.GetValueOrDefault(file.Name), cancellationToken));
            return new LocalCheckpoint(LayOut(files, [.. open.Select(file => cache.PathOf(file.Digest))]), open);
        }
        catch (Exception exception)
        {
            foreach (CachedFile file in open)
                file.Dispose();
            if (exception is IOException or UnauthorizedAccessException)
                throw cache.Unwritable(exception);
            throw;
        }
    }

    private void Check(ImmutableArray<ListedBlob> files)
    {
        if (files.IsEmpty)
            throw new PrerequisiteException($"There is no checkpoint at '{blobs.Location}': no blob has this prefix. Check the container and the prefix.");
        if (files.FirstOrDefault(file => !ConfinedPath.IsPlain(file.Name)) is { } wrong)
            throw new PrerequisiteException($"The blob '{wrong.Name}' in '{blobs.Location}' would be written outside the checkpoint's folder. Remove it.");
        long bytes = files.Sum(file => file.Bytes);
        if (bytes > cache.Capacity)
            throw new PrerequisiteException(
                $"The checkpoint at '{blobs.Location}' has {DiskCache.Gigabytes(bytes)}, more than the cache limit of {DiskCache.Gigabytes(cache.Capacity)}. "
                + "Raise --cache-size, or use a longer prefix.");
    }

    private async Task<IReadOnlyDictionary<string, string>> ReadDigestsAsync(ImmutableArray<ListedBlob> files, CancellationToken cancellationToken)
    {
        var digests = new Dictionary<string, string>(StringComparer.Ordinal);
        if (files.All(file => file.Name != DigestsFile))
            return digests;
        BlobReading reading = await blobs.ReadAsync(DigestsFile, default, cancellationToken);
        foreach (string line in System.Text.Encoding.UTF8.GetString(reading.Bytes.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.Split([' ', '\t'], 2, StringSplitOptions.TrimEntries) is [{ Length: 2 * SHA256.HashSizeInBytes } digest, var name])
                digests[BlobName.Of(name.TrimStart('*'))] = digest.ToLowerInvariant();
        return digests;
    }

    private async Task<CachedFile> FetchAsync(ListedBlob file, string? expected, CancellationToken cancellationToken)
    {
        string blob = blobs.LocationOf(file.Name);
        if (await OpenKnownAsync(file, expected, cancellationToken) is { } known)
        {
            StorageInstruments.Hit();
            return known;
        }

        string partial = Path.Combine(cache.Partial, DiskCache.KeyOf($"{blob}\n{file.Version}"));
        using FileStream alone = await LockFile.TakeAsync(partial + ".lock", TimeProvider.System, cancellationToken);
        if (await OpenKnownAsync(file, expected, cancellationToken) is { } fetchedMeanwhile)
            return fetchedMeanwhile;

        StorageInstruments.Missed();
        await new BlobDownload(blobs).ContinueAsync(file, partial, partial + ".journal", cancellationToken);
        string digest = await DigestAsync(file, partial, expected, cancellationToken);
        var open = new FileStream(partial, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete); // before it can be evicted
        cache.Keep(blob, file.Version, digest, partial);
        File.Delete(partial + ".journal");
        cache.MakeRoom(file.Bytes);
        return new CachedFile(digest, open);
    }

    /// <summary>Opens the file if this version is cached and its digest is right.</summary>
    private async Task<CachedFile?> OpenKnownAsync(ListedBlob file, string? expected, CancellationToken cancellationToken)
    {
        if (cache.Find(blobs.LocationOf(file.Name)) is not { } known || known.Version != file.Version || (expected is not null && expected != known.Digest))
            return null;
        FileStream? stream = cache.TryOpen(known.Digest);
        if (stream is null)
            return null;
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken)) == known.Digest)
            return new CachedFile(known.Digest, stream);
        await stream.DisposeAsync();
        cache.RemoveDamaged(known.Digest);
        return null;
    }

    private async Task<string> DigestAsync(ListedBlob file, string path, string? expected, CancellationToken cancellationToken)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5); // stored by the service: detects accidents, not attacks
        await using (FileStream stream = File.OpenRead(path))
        {
            byte[] buffer = new byte[1 << 20];
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                sha256.AppendData(buffer, 0, read);
                if (file.Md5 is not null)
                    md5.AppendData(buffer, 0, read);
            }
        }

        string digest = Convert.ToHexStringLower(sha256.GetHashAndReset());
        if ((expected is null || digest == expected) && (file.Md5 is null || md5.GetHashAndReset().AsSpan().SequenceEqual(file.Md5)))
            return digest;
        File.Delete(path);
        File.Delete(path + ".journal");
        string source = expected is not null && digest != expected ? $"in {DigestsFile}" : "stored with it";
        throw new PrerequisiteException($"'{blobs.LocationOf(file.Name)}' does not match the digest {source}. Upload it again.");
    }

    /// <summary>A folder with a link for each file. The folder's name is derived from the names and digests, so its content never changes.</summary>
    private string LayOut(ImmutableArray<ListedBlob> files, ImmutableArray<string> contents)
    {
        string key = DiskCache.KeyOf(string.Concat(files.Zip(contents, (file, content) => $"{file.Name}\n{content}\n")));
        string parent = Path.Combine(cache.Checkpoints, key), folder = Path.Combine(parent, blobs.Location.Name);
        if (Directory.Exists(folder))
            return folder;

        string temporary = cache.NewTemporaryPath();
        foreach ((ListedBlob file, string content) in files.Zip(contents))
        {
            string path = Path.Combine(temporary, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.CreateSymbolicLink(path, content);
        }
        Directory.CreateDirectory(parent);
        try
        {
            Directory.Move(temporary, folder);
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            Directory.Delete(temporary, recursive: true); // another process was first
        }
        return folder;
    }

    /// <summary>An open file of the cache; it is not evicted while open.</summary>
    private sealed record CachedFile(string Digest, FileStream Stream) : IDisposable
    {
        public void Dispose() => Stream.Dispose();
    }
}
