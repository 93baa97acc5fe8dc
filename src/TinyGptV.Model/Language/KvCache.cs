using TinyGptV.Model.Configuration;
using TinyGptV.Model.Kernels;
using static TorchSharp.torch;

namespace TinyGptV.Model.Language;

/// <summary>
/// The KV cache of one sequence: [layers, 2, H, capacity, W], where W is the head size, padded for the CPU's kernels. Allocated once for the
/// whole sequence, because the maximum length is known at the start (docs/decisions/0003). A fork begins with a view of another cache and
/// has memory of its own only for what follows. Passed to the model in each step; the model never owns it. Not thread-safe.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    private readonly Tensor _store;
    private readonly nint _memory; // of the store, if on the CPU
    private readonly int _headSize;
    private readonly KvCache? _before;
    private readonly int _shared; // positions of the cache before that belong to this sequence
    private int _own;
    private int _holds = 1; // its owners, and its forks

    public KvCache(PhiConfig config, int capacity, ScalarType dtype, Device device)
        : this(config.HeadSize, capacity, dtype, [config.NumHiddenLayers, 2, config.NumAttentionHeads, 0, WidthOf(config.HeadSize, device)], device)
    {
    }

    private KvCache(int headSize, int capacity, ScalarType dtype, ReadOnlySpan<long> shape, Device device)
    {
        long[] full = [.. shape];
        full[3] = capacity;
        _headSize = headSize;
        Tensor store = headSize == shape[4] ? empty(full, dtype: dtype, device: device) : zeros(full, dtype: dtype, device: device);
        _store = store.DetachFromDisposeScope();
        if (device.type == TorchSharp.DeviceType.CPU)
            _memory = (nint)CpuKernels.Memory(_store);
    }

    private KvCache(KvCache before, int shared, int extra) : this(before._headSize, extra, before._store.dtype, before._store.shape, before._store.device)
    {
        (_before, _shared) = (before, shared);
        before._holds++;
    }

    /// <summary>Number of positions so far, including those of the cache that this one begins with.</summary>
    public int Length => _shared + _own;

    /// <summary>Maximum number of positions.</summary>
    public int Capacity => _shared + (int)_store.shape[3];

    /// <summary>Bytes of its memory and of the caches that it begins with.</summary>
    public long Bytes => _store.numel() * _store.element_size() + (_before?.Bytes ?? 0);

    /// <summary>Stores a layer's keys and values after position <see cref="Length"/>; only <see cref="Advance"/> changes the length.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="k">[n, H, D]</param>
    /// <param name="v">[n, H, D]</param>
    /// <returns>All keys and values so far, including the new ones: each [1, H, Length + n, D].</returns>
    public (Tensor K, Tensor V) Append(int layer, Tensor k, Tensor v)
    {
        int n = (int)k.shape[0];
        ThrowIfFull(n);
        using Tensor both = _store[layer];                                                  // [2, H, capacity, W]
        using Tensor target = both.narrow(2, _own, n).narrow(3, 0, _headSize);              // [2, H, n, D]
        using Tensor pair = stack([k, v]).transpose_(1, 2);                                 // [2, H, n, D]
        target.copy_(pair);
        return Filled(layer, Length + n);
    }

    /// <summary>The keys and values of a layer.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <returns>Keys and values, each [1, H, Length, D].</returns>
    public (Tensor K, Tensor V) Filled(int layer) => Filled(layer, Length);

    /// <summary>Where a layer's keys and values up to a position lie in the CPU's memory.</summary>
    /// <param name="upTo">Number of positions, at most the capacity.</param>
    /// <param name="places">Receives the places in order, none empty.</param>
    public void AddPlaces(int upTo, ICollection<KvPlace> places)
    {
        _before?.AddPlaces(Math.Min(upTo, _shared), places);
        if (upTo > _shared)
            places.Add(new KvPlace(_memory, (int)_store.shape[2], (int)_store.shape[3], upTo - _shared));
    }

    /// <summary>Where the next position will lie.</summary>
    public KvPlace Next => new(_memory, (int)_store.shape[2], (int)_store.shape[3], _own);

    /// <summary>Marks positions as filled, after every layer has stored them.</summary>
    /// <param name="count">Number of positions.</param>
    public void Advance(int count) => _own += count;

    /// <summary>A sequence that begins like this one. Both can go on; either can be disposed first.</summary>
    /// <param name="extra">Room for this many further positions.</param>
    public KvCache Fork(int extra) => ForkAt(Length, extra);

    /// <summary>A sequence whose first positions are those of this one.</summary>
    /// <param name="length">Number of shared positions. They may still have to be filled, at the latest in the step in which the fork is used first.</param>
    /// <param name="extra">Room for this many further positions.</param>
    public KvCache ForkAt(int length, int extra) => new(this, length, extra);

    /// <summary>One more owner: the memory is freed when all owners and forks have disposed of it.</summary>
    /// <returns>This cache.</returns>
    public KvCache Share()
    {
        _holds++;
        return this;
    }

    /// <exception cref="InvalidOperationException">There is no room for this many more positions.</exception>
    public void ThrowIfFull(int more)
    {
        if (Length + more > Capacity)
            throw new InvalidOperationException($"The KV cache has room for {Capacity} positions; {Length} are filled, {more} more do not fit.");
    }

    public void Dispose()
    {
        if (--_holds > 0)
            return;
        _store.Dispose();
        _before?.Dispose();
    }

    private (Tensor K, Tensor V) Filled(int layer, int upTo)
    {
        Tensor both = Both(layer, upTo);
        return (both.narrow(0, 0, 1), both.narrow(0, 1, 1));
    }

    private Tensor Both(int layer, int upTo) // [2, H, upTo, D]
    {
        if (_before is not null && upTo <= _shared)
            return _before.Both(layer, upTo);
        Tensor own = _store[layer].narrow(2, 0, upTo - _shared).narrow(3, 0, _headSize);
        return _before is null ? own : cat([_before.Both(layer, _shared), own], dim: 2);
    }

    private static int WidthOf(int headSize, Device device) => CpuKernels.ServeOn(device) ? Lanes.Padded(headSize) : headSize;
}

/// <summary>A part of a sequence's keys and values in the CPU's memory.</summary>
/// <param name="Memory">[layers, 2, H, capacity, W]</param>
/// <param name="Heads">H</param>
/// <param name="Capacity">Number of positions that have room there.</param>
/// <param name="Count">Number of positions that are meant.</param>
internal readonly record struct KvPlace(nint Memory, int Heads, int Capacity, int Count)
{
    /// <summary>The first position's keys of a head.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="width">W</param>
    public unsafe T* Keys<T>(int layer, int head, int width) where T : unmanaged => (T*)Memory + ((2L * layer * Heads) + head) * Capacity * width;

    /// <summary>The first position's values of a head.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="head">The head.</param>
    /// <param name="width">W</param>
    public unsafe T* Values<T>(int layer, int head, int width) where T : unmanaged => (T*)Memory + (((2L * layer + 1) * Heads) + head) * Capacity * width;
}
