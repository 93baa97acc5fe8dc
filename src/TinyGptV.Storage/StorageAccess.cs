using System.Collections.Concurrent;
using Azure.Storage.Blobs;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Blobs;
using TinyGptV.Storage.Caching;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage;

/// <summary>Opens locations for reading and writing: folders on a disk, or Blob containers.</summary>
/// <param name="options">Access to object storage, and the cache.</param>
public sealed class StorageAccess(StorageOptions options)
{
    private readonly ConcurrentDictionary<string, StoragePipelines> _pipelines = new(StringComparer.Ordinal);
    private readonly Lazy<DiskCache> _cache = new(() => new DiskCache(options.CacheFolder, options.CacheBytes, options.Time));

    /// <summary>Opens the store of runs.</summary>
    /// <param name="location">The folder or container of all runs.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IRunStore OpenRuns(StorageLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder ? new RunFolder(folder, options.Time, options.Resilience) : new BlobRunStore(OpenBlobs(location));
    }

    /// <summary>Opens the source of benchmarks.</summary>
    /// <param name="location">The folder or container of all benchmarks.</param>
    /// <param name="shippedRoot">The folder of the shipped definitions.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IBenchmarkSource OpenBenchmarks(StorageLocation location, string shippedRoot)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder
            ? new BenchmarkFolder(folder, shippedRoot, imageRoots: options.ImageRoots)
            : new BlobBenchmarks(OpenBlobs(location), _cache.Value, shippedRoot);
    }

    /// <summary>Opens the source of benchmark images.</summary>
    /// <param name="location">The folder or container of all benchmarks.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IImageSource OpenImages(StorageLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder ? new ImageFolder(folder, options.ImageRoots) : new BlobImages(OpenBlobs(location), _cache.Value);
    }

    /// <summary>The token that identifies benchmarks: one place under two paths has one token.</summary>
    /// <param name="location">The folder or container of all benchmarks.</param>
    /// <param name="mayWrite">Whether to write a token if there is none.</param>
    /// <param name="cancellationToken">Stops early.</param>
    /// <returns>The token; null if there is none, and where it could not be written or read: then nothing is known.</returns>
    public async Task<string?> IdentifyDataAsync(StorageLocation location, bool mayWrite, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(location);
        try
        {
            if (location.Folder is { } folder)
                return FolderIdentity.Find(folder) ?? (mayWrite && Directory.Exists(folder) ? FolderIdentity.Make(folder) : null);
            BlobFolder blobs = OpenBlobs(location);
            return await BlobIdentity.FindAsync(blobs, cancellationToken) ?? (mayWrite ? await BlobIdentity.MakeAsync(blobs, cancellationToken) : null);
        }
        catch (Exception exception) when (exception is PrerequisiteException or IOException or UnauthorizedAccessException)
        {
            // Benchmarks are often read-only.
            return null;
        }
    }

    /// <summary>Downloads a checkpoint, unless it is a folder or cached.</summary>
    /// <param name="location">The checkpoint: a folder, or a container or prefix.</param>
    /// <param name="cancellationToken">Stops early; downloaded ranges stay for the next attempt.</param>
    /// <returns>The checkpoint as a folder. Its files are not evicted until it is disposed.</returns>
    /// <exception cref="PrerequisiteException">The checkpoint is missing, unreadable or too large for the cache, or a digest is wrong.</exception>
    public async Task<LocalCheckpoint> FetchCheckpointAsync(StorageLocation location, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder
            ? new LocalCheckpoint(folder, [])
            : await new BlobCheckpoint(OpenBlobs(location), _cache.Value).FetchAsync(cancellationToken);
    }

    private BlobFolder OpenBlobs(StorageLocation location)
    {
        BlobContainerClient container = BlobCredentials.Open(location, options);
        StoragePipelines pipelines = _pipelines.GetOrAdd(
            location.Container!.GetLeftPart(UriPartial.Authority), authority => new StoragePipelines(authority, options.Resilience, options.Time));
        return new BlobFolder(location, container, pipelines);
    }
}
