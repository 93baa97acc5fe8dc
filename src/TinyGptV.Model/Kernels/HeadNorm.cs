using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TinyGptV.Model.Kernels;

/// <summary>Layer norm of one head, followed by the rotary embedding of its first dimensions.</summary>
/// <param name="weight">[D]</param>
/// <param name="bias">[D]</param>
/// <param name="eps">Added to the variance.</param>
internal sealed unsafe class HeadNorm(ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, double eps)
{
    private readonly int _size = weight.Length;
    private readonly float _eps = (float)eps;
    private readonly float[] _weight = Filled(weight); // zeros at the end keep the padding zero
    private readonly float[] _bias = Filled(bias);

    /// <summary>Normalises and rotates.</summary>
    /// <param name="from">[D]</param>
    /// <param name="to">[padded D]; the padding becomes zero.</param>
    /// <param name="cos">[rotary]</param>
    /// <param name="sin">[rotary]</param>
    /// <param name="rotary">Number of rotated dimensions: j is rotated with j + rotary / 2.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Apply<T>(T* from, float* to, float* cos, float* sin, int rotary) where T : unmanaged
    {
        Lanes.Widen(from, _size, to);
        Normalise(to);
        int half = rotary / 2;
        for (int j = 0; j < half; j++)
        {
            float a = to[j], b = to[j + half];
            to[j] = a * cos[j] - b * sin[j];
            to[j + half] = b * cos[j + half] + a * sin[j + half];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalise(float* x)
    {
        Vector256<float> sum = default, squares = default;
        for (int i = 0; i < _size; i += Lanes.Count)
            sum += Vector256.Load(x + i);
        Vector256<float> mean = Vector256.Create(Lanes.Sum(sum) / _size);
        for (int i = 0; i < _size; i += Lanes.Count)
        {
            Vector256<float> difference = Lanes.First(Vector256.Load(x + i) - mean, _size - i);
            difference.Store(x + i);
            squares = Fma.MultiplyAdd(difference, difference, squares);
        }

        Vector256<float> scale = Vector256.Create(1 / MathF.Sqrt(Lanes.Sum(squares) / _size + _eps));
        fixed (float* weights = _weight, biases = _bias)
        {
            for (int i = 0; i < _size; i += Lanes.Count)
                Fma.MultiplyAdd(Vector256.Load(x + i) * scale, Vector256.Load(weights + i), Vector256.Load(biases + i)).Store(x + i);
        }
    }

    private static float[] Filled(ReadOnlySpan<float> values)
    {
        var filled = new float[Lanes.Padded(values.Length)];
        values.CopyTo(filled);
        return filled;
    }
}
