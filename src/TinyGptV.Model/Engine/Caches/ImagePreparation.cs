namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// Decodes and resizes images whose vectors are not at hand on the thread pool, each once however many requests ask for it: questions about
/// one image come together. Thread-safe.
/// </summary>
/// <param name="transform">Image file to normalised pixels; throws <see cref="InvalidDataException"/> for a file that is no image.</param>
/// <param name="vectors">The vectors that are at hand.</param>
/// <param name="capacity">How many decoded images are kept.</param>
internal sealed class ImagePreparation(Func<ReadOnlyMemory<byte>, float[]> transform, ImageVectors vectors, int capacity)
{
    private readonly RecentlyUsed<Task<float[]>> _decoded = new(capacity);
    private readonly Lock _lock = new();

    /// <summary>Prepares an image, or waits for a preparation already running.</summary>
    /// <param name="digest">Digest of the bytes.</param>
    /// <param name="bytes">The image file.</param>
    /// <returns>The image, to be disposed when its request is over.</returns>
    public async Task<PreparedImage> PrepareAsync(string digest, ReadOnlyMemory<byte> bytes) => vectors.TryHold(digest) is { } held
        ? new PreparedImage(digest, []) { Held = held }
        : new PreparedImage(digest, await DecodeAsync(digest, bytes).ConfigureAwait(false));

    private Task<float[]> DecodeAsync(string digest, ReadOnlyMemory<byte> bytes)
    {
        lock (_lock)
        {
            if (_decoded.TryGet(digest, out Task<float[]>? known))
                return known;
            Task<float[]> task = Task.Run(() => transform(bytes));
            _decoded.Add(digest, task);
            return task;
        }
    }
}
