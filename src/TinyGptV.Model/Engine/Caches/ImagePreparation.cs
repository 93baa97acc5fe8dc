namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// Decodes and resizes images on the thread pool, each once however many requests ask for it: questions about one image come
/// together. Thread-safe.
/// </summary>
/// <param name="transform">Image file to normalised pixels; throws <see cref="InvalidDataException"/> for a file that is no image.</param>
/// <param name="capacity">How many prepared images are kept.</param>
internal sealed class ImagePreparation(Func<ReadOnlyMemory<byte>, float[]> transform, int capacity)
{
    private readonly RecentlyUsed<Task<PreparedImage>> _images = new(capacity);
    private readonly Lock _lock = new();

    /// <summary>Prepares an image, or waits for who is preparing it already.</summary>
    /// <param name="digest">Identifies the bytes.</param>
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
