using TorchSharp;
using static TorchSharp.torch;

namespace TinyGptV.Model.Layers;

/// <summary>
/// Sums of tensors. Each sum takes a factor for its second operand. The library's own overloads create a temporary Scalar for it, which could be
/// finalised while native code still reads it; these methods share a permanent one.
/// </summary>
internal static class TensorSum
{
    private static readonly Scalar One = 1;

    /// <returns>a + b, a new tensor.</returns>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <param name="a">Any tensor.</param>
    /// <param name="b">A Scalar that outlives the call.</param>
    /// <returns>a + b, a new tensor.</returns>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, One);

    /// <returns>a, changed to a + b.</returns>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);
}
