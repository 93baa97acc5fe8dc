using System.Collections.Immutable;
using Azure;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Storage.Caching;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Blobs;

/// <summary>Reads the images of benchmarks from a container. A cached image is downloaded again only if it has changed.</summary>
/// <param name="blobs">The container or prefix of all benchmarks.</param>
/// <param name="cache">The disk cache.</param>
internal sealed class BlobImages(BlobFolder blobs, DiskCache cache) : IImageSource
{
    public string Location => blobs.Location.ToString();

    public async ValueTask<EncodedImage> ReadAsync(
        BenchmarkName benchmark, ImmutableArray<string> folders, ImageReference image, CancellationToken cancellationToken)
    {
        if (!ConfinedPath.IsPlain(benchmark.Value) || !ConfinedPath.IsPlain(image.Path) || !folders.All(folder => folder is "" || ConfinedPath.IsPlain(folder)))
            throw new IOException(
                $"The image name '{image}' leads out of the folder of benchmark '{benchmark}'. "
                + "Correct the annotations, or keep the images inside the benchmark's folder.");

        foreach (string place in folders.SelectMany(folder => BlobName.Places(benchmark.Value, folder)))
            if (await TryReadAsync(BlobName.Of(place, image.Path), cancellationToken) is { } bytes)
                return new EncodedImage(bytes);
        throw new FileNotFoundException(
            $"The image '{image}' of benchmark '{benchmark}' is in none of its folders: {string.Join(", ", folders)}. Complete the benchmark's images.");
    }

    private async Task<ReadOnlyMemory<byte>?> TryReadAsync(string name, CancellationToken cancellationToken)
    {
        string blob = blobs.LocationOf(name);
        CachedVersion? known = cache.Find(blob);
        BlobReading reading = await blobs.ReadAsync(name, known?.Version ?? default, cancellationToken);
        if (reading.Status == BlobStatus.Unchanged)
        {
            if (await cache.TryReadAsync(known!.Digest, cancellationToken) is { } cached)
            {
                StorageInstruments.Hit();
                return cached;
            }
            reading = await blobs.ReadAsync(name, default(ETag), cancellationToken); // the version is known, but the content was evicted or damaged
        }
        if (reading.Status == BlobStatus.Absent)
            return null;

        StorageInstruments.Missed();
        await KeepAsync(blob, reading, cancellationToken);
        return reading.Bytes;
    }

    private async Task KeepAsync(string blob, BlobReading reading, CancellationToken cancellationToken)
    {
        try
        {
            await cache.AddAsync(blob, reading.Version, reading.Bytes, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Not an IOException: that would be reported as a problem of the image.
            throw cache.Unwritable(exception);
        }
    }
}
