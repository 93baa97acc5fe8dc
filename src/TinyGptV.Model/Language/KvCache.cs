using TinyGptV.Model.Configuration;

using static TorchSharp.torch;

namespace TinyGptV.Model.Language;

/// <summary>
/// The KV cache of one sequence: [layers, 2, H, capacity, D]. Allocated once for the whole sequence, because the maximum length is
/// known at the start (docs/decisions/0003). Passed to the model in each step; the model never owns it.
/// </summary>
internal sealed class KvCache : IDisposable
{
    private readonly Tensor _store;

    public KvCache(PhiConfig config, int capacity, ScalarType dtype, Device device)
        : this(
            empty([config.NumHiddenLayers, 2, config.NumAttentionHeads, capacity, config.HeadSize], dtype: dtype, device: device)
                .DetachFromDisposeScope(),
            0)
    {
    }

    private KvCache(Tensor store, int length) => (_store, Length) = (store, length);

    /// <summary>Number of filled positions.</summary>
    public int Length { get; private set; }

    /// <summary>Maximum number of positions.</summary>
    public int Capacity => (int)_store.shape[3];

    /// <summary>Stores a layer's keys and values after position <see cref="Length"/>; only <see cref="Advance"/> changes the length.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="k">[n, H, D]</param>
    /// <param name="v">[n, H, D]</param>
    /// <returns>All keys and values so far, including the new ones: each [1, H, Length + n, D].</returns>
    public (Tensor K, Tensor V) Append(int layer, Tensor k, Tensor v)
    {
        long n = k.shape[0];
        if (Length + n > Capacity)
            throw new InvalidOperationException($"The KV cache has room for {Capacity} positions; {Length} are filled, {n} more do not fit.");
        using Tensor both = _store[layer];                                                  // [2, H, capacity, D]
        using Tensor target = both.narrow(2, Length, n);                                    // [2, H, n, D]
        using Tensor pair = stack([k, v]).transpose_(1, 2);                                 // [2, H, n, D]
        target.copy_(pair);
        Tensor filled = both.narrow(2, 0, Length + n);                                      // [2, H, Length + n, D]
        return (filled.narrow(0, 0, 1), filled.narrow(0, 1, 1));
    }

    /// <summary>The keys and values of a layer.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <returns>Keys and values, each [1, H, Length, D].</returns>
    public (Tensor K, Tensor V) Filled(int layer)
    {
        Tensor both = _store[layer].narrow(2, 0, Length);
        return (both.narrow(0, 0, 1), both.narrow(0, 1, 1));
    }

    /// <summary>Marks positions as filled, after every layer has stored them.</summary>
    /// <param name="count">Number of positions.</param>
    public void Advance(int count) => Length += count;

    /// <summary>Makes an independent copy.</summary>
    /// <param name="extra">Room for this many positions beyond the filled ones.</param>
    /// <returns>The copy.</returns>
    public KvCache Fork(int extra)
    {
        Tensor copy = empty([_store.shape[0], 2, _store.shape[2], Length + extra, _store.shape[4]], dtype: _store.dtype, device: _store.device);
        using Tensor target = copy.narrow(3, 0, Length);
        using Tensor source = _store.narrow(3, 0, Length);
        target.copy_(source);
        return new KvCache(copy.DetachFromDisposeScope(), Length);
    }

    public void Dispose() => _store.Dispose();
}
