using System.Collections.Concurrent;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Blobs;
using TinyGptV.Storage.Caching;
using TinyGptV.Storage.Folders;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage;

/// <summary>Turns locations into what reads and writes there: on a disk, or in a container.</summary>
/// <param name="options">How storage is reached and what is cached.</param>
public sealed class StorageAccess(StorageOptions options)
{
    private readonly ConcurrentDictionary<string, StoragePipelines> _pipelines = new(StringComparer.Ordinal);
    private readonly Lazy<DiskCache> _cache = new(() => new DiskCache(options.CacheFolder, options.CacheBytes, options.Time));

    /// <summary>Where runs are kept.</summary>
    /// <param name="location">The folder or container of all runs.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IRunStore OpenRuns(StorageLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder ? new RunFolder(folder, options.Time) : new BlobRunStore(OpenBlobs(location));
    }

    /// <summary>Where benchmarks are read from.</summary>
    /// <param name="location">The folder or container of all benchmarks.</param>
    /// <param name="shippedRoot">The folder of the shipped definitions.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IBenchmarkSource OpenBenchmarks(StorageLocation location, string shippedRoot)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder ? new BenchmarkFolder(folder, shippedRoot) : new BlobBenchmarks(OpenBlobs(location), _cache.Value, shippedRoot);
    }

    /// <summary>Where the images of benchmarks are read from.</summary>
    /// <param name="location">The folder or container of all benchmarks.</param>
    /// <exception cref="PrerequisiteException">The credentials cannot be used.</exception>
    public IImageSource OpenImages(StorageLocation location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder ? new ImageFolder(folder) : new BlobImages(OpenBlobs(location), _cache.Value);
    }

    /// <summary>Brings a checkpoint onto this machine's disk, if it is not there.</summary>
    /// <param name="location">The checkpoint's folder, or where its blobs are.</param>
    /// <param name="cancellationToken">Gives up early; what is downloaded stays for the next attempt.</param>
    /// <returns>The checkpoint as a folder. Its files are not evicted until the lease is disposed.</returns>
    /// <exception cref="PrerequisiteException">There is no such checkpoint, it does not fit, it cannot be read, or it does not have the digests that it should.</exception>
    public async Task<LocalCheckpoint> FetchCheckpointAsync(StorageLocation location, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(location);
        return location.Folder is { } folder
            ? new LocalCheckpoint(folder, [])
            : await new BlobCheckpoint(OpenBlobs(location), _cache.Value).FetchAsync(cancellationToken);
    }

    private BlobFolder OpenBlobs(StorageLocation location) => new(
        location,
        BlobCredentials.Open(location, options),
        _pipelines.GetOrAdd(location.Container!.GetLeftPart(UriPartial.Authority), authority => new StoragePipelines(authority, options.Resilience, options.Time)));
}
