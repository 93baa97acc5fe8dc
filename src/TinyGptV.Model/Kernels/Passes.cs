using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace TinyGptV.Model.Kernels;

/// <summary>Elementwise parts of a layer, each in one pass over memory.</summary>
internal static unsafe class Passes
{
    private const int LeastPerThread = 1 << 14; // values
    private const int Block = 1 << 10;

    /// <summary>GELU, tanh approximation, in place: 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).</summary>
    /// <param name="x">Contiguous.</param>
    /// <returns>The same tensor.</returns>
    public static Tensor TanhGelu(Tensor x)
    {
        if (x.dtype == ScalarType.Float32)
            TanhGelu((float*)CpuKernels.Memory(x), x.numel());
        else
            TanhGelu((ushort*)CpuKernels.Memory(x), x.numel());
        return x;
    }

    /// <summary>RMS norm of one branch plus another branch plus the residual stream.</summary>
    /// <param name="a">The branch to normalise, [R, C], contiguous.</param>
    /// <param name="weight">[C] float32</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="b">The other branch, [R, C], contiguous, of the same type.</param>
    /// <param name="residual">[R, C] float32, contiguous.</param>
    /// <returns>[R, C] float32</returns>
    public static Tensor NormAndSum(Tensor a, Tensor weight, float eps, Tensor b, Tensor residual)
    {
        Tensor sum = empty_like(residual);
        if (a.dtype == ScalarType.Float32)
            NormAndSum<float>(a, weight, eps, b, residual, sum);
        else
            NormAndSum<ushort>(a, weight, eps, b, residual, sum);
        return sum;
    }

    private static void TanhGelu<T>(T* x, long count) where T : unmanaged =>
        CpuKernels.ForRanges((int)((count + Block - 1) / Block), LeastPerThread / Block, (from, to) =>
            TanhGeluRange(x + (long)from * Block, (int)(Math.Min((long)to * Block, count) - (long)from * Block)));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TanhGeluRange<T>(T* x, int count) where T : unmanaged
    {
        int i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
            Lanes.Store(TanhGelu(Lanes.Load(x + i)), x + i);
        if (i == count)
            return;
        float* rest = stackalloc float[Lanes.Count];
        Lanes.Widen(x + i, count - i, rest);
        TanhGelu(Vector256.Load(rest)).Store(rest);
        Lanes.Narrow(rest, count - i, x + i);
    }

    // (1 + tanh u) / 2 = 1 / (1 + e^(-2u))
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> TanhGelu(Vector256<float> x)
    {
        Vector256<float> inner = Fma.MultiplyAdd(x * x * Vector256.Create(0.044715f), x, x);
        return x / (Vector256<float>.One + Lanes.Exp(inner * Vector256.Create(-1.5957691216f))); // -2 sqrt(2/pi)
    }

    private static void NormAndSum<T>(Tensor a, Tensor weight, float eps, Tensor b, Tensor residual, Tensor sum) where T : unmanaged
    {
        int width = (int)a.shape[1];
        T* normed = (T*)CpuKernels.Memory(a), other = (T*)CpuKernels.Memory(b);
        float* w = (float*)CpuKernels.Memory(weight), x = (float*)CpuKernels.Memory(residual), y = (float*)CpuKernels.Memory(sum);
        CpuKernels.ForRanges((int)a.shape[0], Math.Max(1, LeastPerThread / width), (from, to) =>
        {
            for (long row = from; row < to; row++)
                NormAndSumRow(normed + row * width, w, eps, other + row * width, x + row * width, y + row * width, width);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void NormAndSumRow<T>(T* a, float* weight, float eps, T* b, float* residual, float* sum, int width) where T : unmanaged
    {
        Vector256<float> squares = default;
        int whole = width / Lanes.Count * Lanes.Count, rest = width - whole;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            Vector256<float> value = Lanes.Load(a + i);
            squares = Fma.MultiplyAdd(value, value, squares);
        }

        float* tail = stackalloc float[4 * Lanes.Count]; // a, weight, b, residual
        Lanes.Widen(a + whole, rest, tail);
        Lanes.Widen(weight + whole, rest, tail + Lanes.Count);
        Lanes.Widen(b + whole, rest, tail + 2 * Lanes.Count);
        Lanes.Widen(residual + whole, rest, tail + 3 * Lanes.Count);
        if (rest > 0)
            squares = Fma.MultiplyAdd(Vector256.Load(tail), Vector256.Load(tail), squares);
        Vector256<float> scale = Vector256.Create(1 / MathF.Sqrt(Lanes.Sum(squares) / width + eps));
        for (int i = 0; i < whole; i += Lanes.Count)
            Joined(Lanes.Load(a + i), scale, Vector256.Load(weight + i), Lanes.Load(b + i), Vector256.Load(residual + i)).Store(sum + i);
        if (rest == 0)
            return;
        Joined(Vector256.Load(tail), scale, Vector256.Load(tail + 8), Vector256.Load(tail + 16), Vector256.Load(tail + 24)).Store(tail);
        Lanes.Narrow(tail, rest, sum + whole);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Joined(
        Vector256<float> a, Vector256<float> scale, Vector256<float> weight, Vector256<float> b, Vector256<float> residual) =>
        a * scale * weight + b + residual;
}
