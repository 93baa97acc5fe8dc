using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinyGptV.Model.Kernels;

/// <summary>
/// Eight floats at a time. Values in memory are of type T: <see cref="float"/>, or <see cref="ushort"/> for bfloat16, which is the upper half of a
/// float. Arithmetic is always in float32, and every sum has one order, whatever is computed beside it.
/// </summary>
internal static unsafe class Lanes
{
    public const int Count = 8;

    private static readonly Vector256<float> Numbers = Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    /// <summary>The next multiple of <see cref="Count"/>.</summary>
    public static int Padded(int length) => (length + Count - 1) / Count * Count;

    /// <summary>Reads eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load<T>(T* from) where T : unmanaged => typeof(T) == typeof(float)
        ? Vector256.Load((float*)from)
        : Vector256.ShiftLeft(Avx2.ConvertToVector256Int32((ushort*)from), 16).AsSingle();

    /// <summary>Writes eight values, rounded to the nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(Vector256<float> values, T* to) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            values.Store((float*)to);
            return;
        }

        Vector256<uint> bits = values.AsUInt32();
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >>> 16) & Vector256<uint>.One)) >>> 16;
        Vector256<uint> safe = Vector256.ConditionalSelect(Vector256.Equals(values, values).AsUInt32(), rounded, Vector256.Create(0x7FC0u));
        Vector128.Narrow(safe.GetLower(), safe.GetUpper()).Store((ushort*)to);
    }

    /// <summary>Reads values into floats and fills the last eight up with zeros.</summary>
    /// <param name="from">[length]</param>
    /// <param name="length">Number of values.</param>
    /// <param name="to">[Padded(length)]</param>
    public static void Widen<T>(T* from, int length, float* to) where T : unmanaged
    {
        int i = 0;
        for (; i + Count <= length; i += Count)
            Load(from + i).Store(to + i);
        if (i == length)
            return;
        T* rest = stackalloc T[Count];
        for (int j = 0; j < Count; j++)
            rest[j] = i + j < length ? from[i + j] : default;
        Load(rest).Store(to + i);
    }

    /// <summary>Writes floats.</summary>
    /// <param name="from">[Padded(length)]</param>
    /// <param name="length">Number of values.</param>
    /// <param name="to">[length]; nothing is written beyond.</param>
    public static void Narrow<T>(float* from, int length, T* to) where T : unmanaged
    {
        int i = 0;
        for (; i + Count <= length; i += Count)
            Store(Vector256.Load(from + i), to + i);
        if (i == length)
            return;
        T* rest = stackalloc T[Count];
        Store(Vector256.Load(from + i), rest);
        for (int j = 0; i + j < length; j++)
            to[i + j] = rest[j];
    }

    /// <summary>The sum of the eight values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> x) => Sums(x, x, x, x).ToScalar();

    /// <summary>The sums of four vectors, each in the same order of additions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sums(Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d)
    {
        Vector256<float> both = Avx.HorizontalAdd(Avx.HorizontalAdd(a, b), Avx.HorizontalAdd(c, d));
        return both.GetLower() + both.GetUpper();
    }

    /// <summary>The largest of the eight values.</summary>
    public static float Largest(Vector256<float> x)
    {
        float largest = x[0];
        for (int i = 1; i < Count; i++)
            largest = MathF.Max(largest, x[i]);
        return largest;
    }

    /// <summary>The first values; zero for the others.</summary>
    /// <param name="x">Eight values.</param>
    /// <param name="count">How many are kept.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> First(Vector256<float> x, int count) => x & Vector256.LessThan(Numbers, Vector256.Create((float)count));

    /// <summary>e^x with a relative error below 3e-7; arguments are limited to -87 and 88, and NaN remains NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        Vector256<float> limited = Avx.Min(Avx.Max(x, Vector256.Create(-87f)), Vector256.Create(88f));
        // x = n ln 2 + r, with ln 2 in two parts so that r is exact; then a polynomial for e^r.
        Vector256<float> n = Avx.RoundToNearestInteger(limited * Vector256.Create(1.44269504f));
        Vector256<float> r = Fma.MultiplyAdd(n, Vector256.Create(-0.693359375f), limited);
        r = Fma.MultiplyAdd(n, Vector256.Create(2.12194440e-4f), r);
        Vector256<float> p = Vector256.Create(1.9875691e-4f);
        p = Fma.MultiplyAdd(p, r, Vector256.Create(1.3981999e-3f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(8.3334519e-3f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(4.1665796e-2f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.16666665f));
        p = Fma.MultiplyAdd(p, r, Vector256.Create(0.5f));
        Vector256<float> power = Fma.MultiplyAdd(p, r * r, r) + Vector256<float>.One;
        Vector256<float> scale = ((Avx.ConvertToVector256Int32(n) + Vector256.Create(127)) << 23).AsSingle();
        return Vector256.ConditionalSelect(Vector256.Equals(x, x), power * scale, x);
    }
}
