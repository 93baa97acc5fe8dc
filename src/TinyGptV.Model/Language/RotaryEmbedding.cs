using TinyGptV.Model.Configuration;
using TinyGptV.Model.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace TinyGptV.Model.Language;

/// <summary>
/// Rotary tables: cosines and sines by position, [positions, D], where D is the number of rotated dimensions and the D/2 frequencies are
/// repeated twice. Computed in float32; they grow for longer sequences. In float16 mode they are rounded to float16, as in the original.
/// </summary>
internal sealed class RotaryEmbedding(PhiConfig config, ScalarType precision, Device device) : IDisposable
{
    private Tensor? _cos;
    private Tensor? _sin;

    /// <summary>The rows of the tables for the given positions.</summary>
    /// <param name="positions">[R] int64.</param>
    /// <param name="end">The largest position plus one.</param>
    /// <returns>Cosines and sines, each [R, 1, D], to apply to [R, H, D].</returns>
    public (Tensor Cos, Tensor Sin) Rows(Tensor positions, int end)
    {
        if (_cos is null || _cos.shape[0] < end)
            Grow(Math.Max(end, config.MaxPositionEmbeddings));
        return (_cos!.index_select(0, positions).unsqueeze(1), _sin!.index_select(0, positions).unsqueeze(1));
    }

    /// <summary>Rotates dimension j with dimension j + D/2.</summary>
    /// <param name="x">[R, H, D]</param>
    /// <param name="cos">[R, 1, D]</param>
    /// <param name="sin">[R, 1, D]</param>
    /// <returns>[R, H, D]</returns>
    public static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        Tensor[] halves = x.chunk(2, dim: -1);
        return (x * cos).Plus(cat([-halves[1], halves[0]], dim: -1) * sin);
    }

    public void Dispose()
    {
        _cos?.Dispose();
        _sin?.Dispose();
    }

    private void Grow(int length)
    {
        Dispose();
        using DisposeScope scope = NewDisposeScope();
        Tensor exponents = tensor([.. Enumerable.Range(0, config.RotarySize / 2).Select(i => 2 * i / (float)config.RotarySize)], device: device); // [D/2]
        Tensor positions = tensor([.. Enumerable.Range(0, length).Select(i => (float)i)], device: device);                          // [length]
        Tensor angles = outer(positions, pow(tensor(config.RopeTheta, device: device), exponents).reciprocal());                    // [length, D/2]
        Tensor both = cat([angles, angles], dim: -1);                                                                               // [length, D]
        _cos = Round(both.cos()).DetachFromDisposeScope();
        _sin = Round(both.sin()).DetachFromDisposeScope();
    }

    private Tensor Round(Tensor table) => precision == float16 ? table.to(float16).to(float32) : table;
}
