using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinyGptV.Model.Kernels;

/// <summary>Keys and values of one head that lie together in memory: each [Count, width].</summary>
internal unsafe struct KeyRun<T> where T : unmanaged
{
    public T* Keys;
    public T* Values;
    public int Count;
}

/// <summary>
/// Causal attention of one head of one sequence. Each row is computed from its query and the keys up to its own in one fixed order, so that it
/// does not matter where its keys lie, nor which rows are computed with it.
/// </summary>
/// <typeparam name="T">The type of the cached keys and values: <see cref="float"/>, or <see cref="ushort"/> for bfloat16.</typeparam>
/// <param name="runs">All keys and values in order.</param>
/// <param name="width">Padded size of the head.</param>
/// <param name="scores">Scratch memory: four rows of <paramref name="stride"/> values.</param>
/// <param name="stride">At least the padded number of keys.</param>
internal readonly unsafe struct HeadAttention<T>(KeyRun<T>* runs, int width, float* scores, int stride) where T : unmanaged
{
    /// <summary>Number of query rows that are computed together.</summary>
    public const int Rows = 4;

    /// <summary>Attends with four consecutive rows; the same values as row by row.</summary>
    /// <param name="queries">[4, *], scaled.</param>
    /// <param name="queryStride">From one query to the next.</param>
    /// <param name="visible">Number of keys that the first row sees; each further row sees one more.</param>
    /// <param name="output">[4, width]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Four(float* queries, nint queryStride, int visible, float* output)
    {
        int at = 0;
        for (KeyRun<T>* run = runs; at < visible; at += run->Count, run++)
            FourDots(queries, queryStride, run->Keys, Math.Min(run->Count, visible - at), scores + at);
        for (int row = 1; row < Rows; row++)
            for (int key = visible; key < visible + row; key++)
                scores[row * stride + key] = Dot(queries + row * queryStride, RunOf(key, out int index)->Keys + index * width);
        Vector128<float> scale = Vector128.Create(
            1 / Weigh(scores, visible), 1 / Weigh(scores + stride, visible + 1), 1 / Weigh(scores + 2 * stride, visible + 2),
            1 / Weigh(scores + 3 * stride, visible + 3));
        int column = 0;
        for (; column + 2 * Lanes.Count <= width; column += 2 * Lanes.Count)
            FourMixes(column, visible, scale, output + column);
        if (column == width)
            return;
        for (int row = 0; row < Rows; row++)
            Mix(scores + row * stride, column, visible + row, scale[row], output + row * width + column);
    }

    /// <summary>Attends with one row.</summary>
    /// <param name="query">[width], scaled.</param>
    /// <param name="visible">Number of keys that the row sees.</param>
    /// <param name="output">[width]</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void One(float* query, int visible, float* output)
    {
        int at = 0;
        for (KeyRun<T>* run = runs; at < visible; at += run->Count, run++)
            Dots(query, run->Keys, Math.Min(run->Count, visible - at), scores + at);
        float scale = 1 / Weigh(scores, visible);
        int column = 0;
        for (; column + 4 * Lanes.Count <= width; column += 4 * Lanes.Count)
            WideMix(column, visible, scale, output + column);
        for (; column < width; column += Lanes.Count)
            Mix(scores, column, visible, scale, output + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float Dot(float* query, T* key)
    {
        Vector256<float> sum = default;
        for (int i = 0; i < width; i += Lanes.Count)
            sum = Fma.MultiplyAdd(Vector256.Load(query + i), Lanes.Load(key + i), sum);
        return Lanes.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dots(float* query, T* keys, int count, float* to)
    {
        int key = 0;
        for (; key + 4 <= count; key += 4)
        {
            T* a = keys + key * width, b = a + width, c = b + width, d = c + width;
            Vector256<float> sumA = default, sumB = default, sumC = default, sumD = default;
            for (int i = 0; i < width; i += Lanes.Count)
            {
                Vector256<float> q = Vector256.Load(query + i);
                sumA = Fma.MultiplyAdd(q, Lanes.Load(a + i), sumA);
                sumB = Fma.MultiplyAdd(q, Lanes.Load(b + i), sumB);
                sumC = Fma.MultiplyAdd(q, Lanes.Load(c + i), sumC);
                sumD = Fma.MultiplyAdd(q, Lanes.Load(d + i), sumD);
            }

            Lanes.Sums(sumA, sumB, sumC, sumD).Store(to + key);
        }

        for (; key < count; key++)
            to[key] = Dot(query, keys + key * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FourDots(float* queries, nint queryStride, T* keys, int count, float* to)
    {
        float* q0 = queries, q1 = q0 + queryStride, q2 = q1 + queryStride, q3 = q2 + queryStride;
        for (int key = 0; key < count; key += 2)
        {
            T* a = keys + key * width, b = key + 1 < count ? a + width : a; // the last key of an odd number is computed twice
            Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (int i = 0; i < width; i += Lanes.Count)
            {
                Vector256<float> first = Lanes.Load(a + i), second = Lanes.Load(b + i);
                Vector256<float> q = Vector256.Load(q0 + i);
                a0 = Fma.MultiplyAdd(q, first, a0);
                b0 = Fma.MultiplyAdd(q, second, b0);
                q = Vector256.Load(q1 + i);
                a1 = Fma.MultiplyAdd(q, first, a1);
                b1 = Fma.MultiplyAdd(q, second, b1);
                q = Vector256.Load(q2 + i);
                a2 = Fma.MultiplyAdd(q, first, a2);
                b2 = Fma.MultiplyAdd(q, second, b2);
                q = Vector256.Load(q3 + i);
                a3 = Fma.MultiplyAdd(q, first, a3);
                b3 = Fma.MultiplyAdd(q, second, b3);
            }

            PutColumn(Lanes.Sums(a0, a1, a2, a3), to + key);
            if (key + 1 < count)
                PutColumn(Lanes.Sums(b0, b1, b2, b3), to + key + 1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void PutColumn(Vector128<float> column, float* to)
    {
        to[0] = column[0];
        to[stride] = column[1];
        to[2 * stride] = column[2];
        to[3 * stride] = column[3];
    }

    // Replaces scores by e^(score - largest), with zeros up to whole lanes, and returns their sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Weigh(float* scores, int count)
    {
        for (int i = count; i < Lanes.Padded(count); i++)
            scores[i] = scores[0];
        Vector256<float> largest = Vector256.Load(scores), sum = default;
        for (int i = Lanes.Count; i < count; i += Lanes.Count)
            largest = Avx.Max(largest, Vector256.Load(scores + i));
        largest = Vector256.Create(Lanes.Largest(largest));
        for (int i = 0; i < count; i += Lanes.Count)
        {
            Vector256<float> weights = Lanes.First(Lanes.Exp(Vector256.Load(scores + i) - largest), count - i);
            weights.Store(scores + i);
            sum += weights;
        }

        return Lanes.Sum(sum);
    }

    // Eight columns of the weighted sum of values.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Mix(float* weights, int column, int visible, float scale, float* output)
    {
        Vector256<float> sum = default;
        int at = 0;
        for (KeyRun<T>* run = runs; at < visible; at += run->Count, run++)
        {
            T* value = run->Values + column;
            for (int key = at, end = Math.Min(at + run->Count, visible); key < end; key++, value += width)
                sum = Fma.MultiplyAdd(Vector256.Create(weights[key]), Lanes.Load(value), sum);
        }

        (sum * Vector256.Create(scale)).Store(output);
    }

    // The same for 32 columns.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WideMix(int column, int visible, float scale, float* output)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        int at = 0;
        for (KeyRun<T>* run = runs; at < visible; at += run->Count, run++)
        {
            T* value = run->Values + column;
            for (int key = at, end = Math.Min(at + run->Count, visible); key < end; key++, value += width)
            {
                Vector256<float> weight = Vector256.Create(scores[key]);
                a = Fma.MultiplyAdd(weight, Lanes.Load(value), a);
                b = Fma.MultiplyAdd(weight, Lanes.Load(value + Lanes.Count), b);
                c = Fma.MultiplyAdd(weight, Lanes.Load(value + 2 * Lanes.Count), c);
                d = Fma.MultiplyAdd(weight, Lanes.Load(value + 3 * Lanes.Count), d);
            }
        }

        Vector256<float> factor = Vector256.Create(scale);
        (a * factor).Store(output);
        (b * factor).Store(output + Lanes.Count);
        (c * factor).Store(output + 2 * Lanes.Count);
        (d * factor).Store(output + 3 * Lanes.Count);
    }

    // The same for 16 columns of four rows.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void FourMixes(int column, int visible, Vector128<float> scale, float* output)
    {
        Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        int at = 0;
        for (KeyRun<T>* run = runs; at < visible; at += run->Count, run++)
        {
            T* value = run->Values + column;
            for (int key = at, end = Math.Min(at + run->Count, visible); key < end; key++, value += width)
            {
                Vector256<float> a = Lanes.Load(value), b = Lanes.Load(value + Lanes.Count), weight = Vector256.Create(scores[key]);
                a0 = Fma.MultiplyAdd(weight, a, a0);
                b0 = Fma.MultiplyAdd(weight, b, b0);
                weight = Vector256.Create(scores[stride + key]);
                a1 = Fma.MultiplyAdd(weight, a, a1);
                b1 = Fma.MultiplyAdd(weight, b, b1);
                weight = Vector256.Create(scores[2 * stride + key]);
                a2 = Fma.MultiplyAdd(weight, a, a2);
                b2 = Fma.MultiplyAdd(weight, b, b2);
                weight = Vector256.Create(scores[3 * stride + key]);
                a3 = Fma.MultiplyAdd(weight, a, a3);
                b3 = Fma.MultiplyAdd(weight, b, b3);
            }
        }

        for (int key = visible; key < visible + Rows - 1; key++) // seen by later rows only
        {
            T* value = RunOf(key, out int index)->Values + index * width + column;
            Vector256<float> a = Lanes.Load(value), b = Lanes.Load(value + Lanes.Count), weight = Vector256.Create(scores[3 * stride + key]);
            a3 = Fma.MultiplyAdd(weight, a, a3);
            b3 = Fma.MultiplyAdd(weight, b, b3);
            if (key - visible > 1)
                continue;
            weight = Vector256.Create(scores[2 * stride + key]);
            a2 = Fma.MultiplyAdd(weight, a, a2);
            b2 = Fma.MultiplyAdd(weight, b, b2);
            if (key > visible)
                continue;
            weight = Vector256.Create(scores[stride + key]);
            a1 = Fma.MultiplyAdd(weight, a, a1);
            b1 = Fma.MultiplyAdd(weight, b, b1);
        }

        PutPair(a0, b0, scale[0], output);
        PutPair(a1, b1, scale[1], output + width);
        PutPair(a2, b2, scale[2], output + 2 * width);
        PutPair(a3, b3, scale[3], output + 3 * width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutPair(Vector256<float> a, Vector256<float> b, float scale, float* output)
    {
        (a * Vector256.Create(scale)).Store(output);
        (b * Vector256.Create(scale)).Store(output + Lanes.Count);
    }

    private KeyRun<T>* RunOf(int key, out int index)
    {
        KeyRun<T>* run = runs;
        for (index = key; index >= run->Count; run++)
            index -= run->Count;
        return run;
    }
}
