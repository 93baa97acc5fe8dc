using static TorchSharp.torch;

namespace TinyGptV.Model.Engine.Caches;

/// <summary>
/// One hold on an image's vectors, which are freed with the last hold. Thread-safe; only the engine's thread computes with them.
/// </summary>
internal sealed class HeldVectors : IDisposable
{
    private readonly Count _holds;
    private int _hasEnded;

    /// <summary>The first hold.</summary>
    /// <param name="vectors">[Q, C]</param>
    public HeldVectors(Tensor vectors) : this(vectors, new Count())
    {
    }

    private HeldVectors(Tensor vectors, Count holds)
    {
        (Vectors, _holds) = (vectors, holds);
        Interlocked.Increment(ref holds.Value);
    }

    /// <summary>[Q, C]</summary>
    public Tensor Vectors { get; }

    /// <summary>Another hold. This one must not have ended.</summary>
    public HeldVectors Share() => new(Vectors, _holds);

    /// <summary>Ends this hold, also if it is called twice.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _hasEnded, 1) == 0 && Interlocked.Decrement(ref _holds.Value) == 0)
            Vectors.Dispose();
    }

    private sealed class Count
    {
        public int Value;
    }
}
