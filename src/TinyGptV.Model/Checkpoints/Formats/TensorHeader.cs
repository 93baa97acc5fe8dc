using System.Collections.Immutable;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>Name, type and shape of a tensor in a checkpoint, without its values.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">The stored element type.</param>
/// <param name="Shape">The dimensions; empty for a scalar.</param>
public sealed record TensorHeader(string Name, torch.ScalarType Type, ImmutableArray<long> Shape)
{
    /// <summary>The shape as text: [4096, 768].</summary>
    public string ShapeText => ShapeTextOf(Shape.AsSpan());

    internal static string ShapeTextOf(ReadOnlySpan<long> shape) => $"[{string.Join(", ", shape.ToArray())}]";
}
