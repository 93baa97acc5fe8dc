using TorchSharp;
using static TorchSharp.torch;

namespace TinyGptV.Model.Layers;

/// <summary>
/// Sums of tensors. Every sum has a factor for its second part, and the library makes a number for it that can be finalised while the native code
/// still reads it; these sums share one that stays.
/// </summary>
internal static class TensorSum
{
    private static readonly Scalar One = 1;

    /// <returns>a + b, a new tensor.</returns>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <param name="a">Any tensor.</param>
    /// <param name="b">A number that outlives the call.</param>
    /// <returns>a + b, a new tensor.</returns>
    public static Tensor Plus(this Tensor a, Scalar b) => a.add(b, One);

    /// <returns>a itself, now a + b.</returns>
    public static Tensor PlusInPlace(this Tensor a, Tensor b) => a.add_(b, One);
}
