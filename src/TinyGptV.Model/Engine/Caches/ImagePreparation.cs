namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// Decodes and resizes images on the thread pool, each image only once: requests about one image usually arrive together. Thread-safe.
/// </summary>
/// <param name="transform">Converts an image file to normalised pixels; throws <see cref="InvalidDataException"/> if it is not an image.</param>
/// <param name="capacity">Number of prepared images to keep.</param>
internal sealed class ImagePreparation(Func<ReadOnlyMemory<byte>, float[]> transform, int capacity)
{
    private readonly RecentlyUsed<Task<PreparedImage>> _images = new(capacity);
    private readonly Lock _lock = new();

    /// <summary>Prepares an image, or waits for a preparation already running.</summary>
    /// <param name="digest">Digest of the bytes.</param>
    /// <param name="bytes">The image file.</param>
    public Task<PreparedImage> PrepareAsync(string digest, ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            if (_images.TryGet(digest, out Task<PreparedImage>? known))
                return known;
            Task<PreparedImage> task = Task.Run(() => new PreparedImage(digest, transform(bytes)));
            _images.Add(digest, task);
            return task;
        }
    }
}
