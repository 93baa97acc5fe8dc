using static TorchSharp.torch;

namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// The vectors of the most recently used images. They are looked up before an image is decoded and held until the request ends, so that
/// they cannot be evicted before its step. Thread-safe.
/// </summary>
/// <param name="capacity">How many images' vectors are kept, not counting those that requests hold.</param>
internal sealed class ImageVectors(int capacity)
{
    private readonly RecentlyUsed<HeldVectors> _known = new(capacity, release: vectors => vectors.Dispose());
    private readonly Lock _lock = new();

    /// <returns>The vectors of an image, to be disposed by the caller; null if they are not at hand.</returns>
    public HeldVectors? TryHold(string digest)
    {
        lock (_lock)
            return _known.TryGet(digest, out HeldVectors? known) ? known.Share() : null;
    }

    /// <summary>Keeps the vectors of an image that has none here.</summary>
    /// <param name="digest">Identifies the image file's bytes.</param>
    /// <param name="vectors">[Q, C]; disposed with the last hold.</param>
    /// <returns>The vectors, to be disposed by the caller.</returns>
    public HeldVectors Add(string digest, Tensor vectors)
    {
        lock (_lock)
        {
            var known = new HeldVectors(vectors);
            HeldVectors held = known.Share();
            _known.Add(digest, known);
            return held;
        }
    }

    /// <summary>Releases all.</summary>
    public void Clear()
    {
        lock (_lock)
            _known.Clear();
    }
}
