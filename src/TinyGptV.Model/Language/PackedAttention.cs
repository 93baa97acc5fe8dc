using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Kernels;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyGptV.Model.Language;

/// <summary>
/// One layer's attention over all rows of a step in one call: norms, rotary embedding, storing of keys and values, and attention of every
/// sequence, from wherever its keys lie. A row's result depends on its own sequence alone, to the last bit.
/// </summary>
/// <param name="config">The sizes.</param>
/// <param name="layer">The decoder layer.</param>
/// <param name="queryNorm">The norm of each head's queries.</param>
/// <param name="keyNorm">The norm of each head's keys.</param>
internal sealed unsafe class PackedAttention(PhiConfig config, int layer, LayerNorm queryNorm, LayerNorm keyNorm)
{
    private readonly int _heads = config.NumAttentionHeads;
    private readonly int _size = config.HeadSize;
    private readonly int _width = Lanes.Padded(config.HeadSize);
    private readonly float _scale = 1 / MathF.Sqrt(config.HeadSize);

    [ThreadStatic]
    private static float[]? _scratch;

    /// <summary>Whether the CPU's kernels can do it.</summary>
    public static bool Serves(Tensor qkv, IReadOnlyList<RowSpan> spans) => CpuKernels.Serve(qkv) && spans.All(span => span.Cache is not null);

    /// <summary>Attends, and stores the new keys and values in the caches.</summary>
    /// <param name="qkv">[R, H * 3 * D]: q, k, v of each head in turn.</param>
    /// <param name="spans">The sequences, each with a cache.</param>
    /// <param name="cos">[R, 1, rotary] float32</param>
    /// <param name="sin">[R, 1, rotary] float32</param>
    /// <returns>[R, C]; zeros after the last span.</returns>
    public Tensor Attend(Tensor qkv, IReadOnlyList<RowSpan> spans, Tensor cos, Tensor sin)
    {
        foreach (RowSpan span in spans)
            span.Cache!.ThrowIfFull(span.Count);
        Tensor output = empty(qkv.shape[0], _heads * _size, dtype: qkv.dtype, device: qkv.device);
        int rows = spans.Sum(span => span.Count);
        if (rows < output.shape[0])
            output.narrow(0, rows, output.shape[0] - rows).zero_();
        if (qkv.dtype == float32)
            Attend<float>(qkv, spans, cos, sin, rows, output);
        else
            Attend<ushort>(qkv, spans, cos, sin, rows, output);
        return output;
    }

    private void Attend<T>(Tensor qkv, IReadOnlyList<RowSpan> spans, Tensor cos, Tensor sin, int rows, Tensor output) where T : unmanaged
    {
        using Tensor queries = empty(rows, _heads, _width, dtype: float32);
        float* q = (float*)CpuKernels.Memory(queries);
        Prepare((T*)CpuKernels.Memory(qkv), spans, (float*)CpuKernels.Memory(cos), (float*)CpuKernels.Memory(sin), q, rows);
        var to = (T*)CpuKernels.Memory(output);
        KvPlace[][] places = [.. spans.Select(PlacesOf)];
        CpuKernels.ForRanges(spans.Count * _heads, Math.Max(1, 64 * _heads / rows), (from, end) =>
        {
            for (int item = from; item < end; item++)
                AttendHead(q, spans[item / _heads], places[item / _heads], item % _heads, to);
        });
    }

    private static KvPlace[] PlacesOf(RowSpan span)
    {
        var places = new List<KvPlace>();
        span.Cache!.AddPlaces(span.Past + span.Count, places);
        return [.. places];
    }

    private void Prepare<T>(T* qkv, IReadOnlyList<RowSpan> spans, float* cos, float* sin, float* q, int rows) where T : unmanaged
    {
        var queries = new HeadNorm(Values(queryNorm.weight!), Values(queryNorm.bias!), config.LayerNormEps);
        var keys = new HeadNorm(Values(keyNorm.weight!), Values(keyNorm.bias!), config.LayerNormEps);
        var targets = new (KvPlace Place, int Index)[rows];
        foreach (RowSpan span in spans)
            for (int i = 0; i < span.Count; i++)
                targets[span.Start + i] = (span.Cache!.Next, span.Cache.Next.Count + i);
        CpuKernels.ForRanges(rows, 4, (from, end) =>
        {
            for (int row = from; row < end; row++)
                PrepareRow(qkv + (long)row * 3 * _heads * _size, targets[row].Place, targets[row].Index, queries, keys,
                    cos + (long)row * config.RotarySize, sin + (long)row * config.RotarySize, q + (long)row * _heads * _width);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void PrepareRow<T>(T* qkv, KvPlace place, int index, HeadNorm queries, HeadNorm keys, float* cos, float* sin, float* q) where T : unmanaged
    {
        Vector256<float> scale = Vector256.Create(_scale);
        float* wide = stackalloc float[_width];
        for (int head = 0; head < _heads; head++, qkv += 3 * _size, q += _width)
        {
            queries.Apply(qkv, q, cos, sin, config.RotarySize);
            for (int i = 0; i < _width; i += Lanes.Count)
                (Vector256.Load(q + i) * scale).Store(q + i);
            keys.Apply(qkv + _size, wide, cos, sin, config.RotarySize);
            Lanes.Narrow(wide, _size, place.Keys<T>(layer, head, _width) + index * _width);
            Buffer.MemoryCopy(qkv + 2 * _size, place.Values<T>(layer, head, _width) + index * _width, _size * sizeof(T), _size * sizeof(T));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AttendHead<T>(float* q, RowSpan span, KvPlace[] places, int head, T* to) where T : unmanaged
    {
        KeyRun<T>* runs = stackalloc KeyRun<T>[places.Length];
        for (int i = 0; i < places.Length; i++)
            runs[i] = new KeyRun<T>
            {
                Keys = places[i].Keys<T>(layer, head, _width),
                Values = places[i].Values<T>(layer, head, _width),
                Count = places[i].Count,
            };

        int past = span.Past, stride = Lanes.Padded(past + span.Count), queryStride = _heads * _width;
        fixed (float* scratch = ScratchOf(HeadAttention<T>.Rows * (stride + _width)))
        {
            float* attended = scratch, query = q + ((long)span.Start * _heads + head) * _width;
            var attention = new HeadAttention<T>(runs, _width, scratch + HeadAttention<T>.Rows * _width, stride);
            T* output = to + ((long)span.Start * _heads + head) * _size;
            for (int row = 0; row < span.Count;)
            {
                int count = span.Count - row >= HeadAttention<T>.Rows ? HeadAttention<T>.Rows : 1;
                if (count == 1)
                    attention.One(query, past + row + 1, attended);
                else
                    attention.Four(query, queryStride, past + row + 1, attended);
                for (int i = 0; i < count; i++, row++, query += queryStride, output += _heads * _size)
                    Lanes.Narrow(attended + i * _width, _size, output);
            }
        }
    }

    private static float[] ScratchOf(int length) => _scratch is { } kept && kept.Length >= length ? kept : _scratch = new float[length];

    private static ReadOnlySpan<float> Values(Tensor x) => new(CpuKernels.Memory(x), (int)x.numel());
}
