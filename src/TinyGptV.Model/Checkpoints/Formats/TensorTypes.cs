using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>The element types that checkpoints may use.</summary>
internal static class TensorTypes
{
    /// <summary>PyTorch allows more, but this model's tensors have at most four.</summary>
    public const int MostDimensions = 16;

    public static int SizeInBytes(this torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float64 or torch.ScalarType.Int64 => 8,
        torch.ScalarType.Float32 or torch.ScalarType.Int32 => 4,
        torch.ScalarType.Float16 or torch.ScalarType.BFloat16 or torch.ScalarType.Int16 => 2,
        torch.ScalarType.Int8 or torch.ScalarType.Byte or torch.ScalarType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type of checkpoints."),
    };

    public static torch.ScalarType? OfSafetensors(string? name) => name switch
    {
        "F64" => torch.ScalarType.Float64,
        "F32" => torch.ScalarType.Float32,
        "F16" => torch.ScalarType.Float16,
        "BF16" => torch.ScalarType.BFloat16,
        "I64" => torch.ScalarType.Int64,
        "I32" => torch.ScalarType.Int32,
        "I16" => torch.ScalarType.Int16,
        "I8" => torch.ScalarType.Int8,
        "U8" => torch.ScalarType.Byte,
        "BOOL" => torch.ScalarType.Bool,
        _ => null,
    };

    public static string ToSafetensors(torch.ScalarType type) => type switch
    {
        torch.ScalarType.Float64 => "F64",
        torch.ScalarType.Float32 => "F32",
        torch.ScalarType.Float16 => "F16",
        torch.ScalarType.BFloat16 => "BF16",
        torch.ScalarType.Int64 => "I64",
        torch.ScalarType.Int32 => "I32",
        torch.ScalarType.Int16 => "I16",
        torch.ScalarType.Int8 => "I8",
        torch.ScalarType.Byte => "U8",
        torch.ScalarType.Bool => "BOOL",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type of checkpoints."),
    };

    public static torch.ScalarType? OfTorchStorage(string name) => name switch
    {
        "DoubleStorage" => torch.ScalarType.Float64,
        "FloatStorage" => torch.ScalarType.Float32,
        "HalfStorage" => torch.ScalarType.Float16,
        "BFloat16Storage" => torch.ScalarType.BFloat16,
        "LongStorage" => torch.ScalarType.Int64,
        "IntStorage" => torch.ScalarType.Int32,
        "ShortStorage" => torch.ScalarType.Int16,
        "CharStorage" => torch.ScalarType.Int8,
        "ByteStorage" => torch.ScalarType.Byte,
        "BoolStorage" => torch.ScalarType.Bool,
        _ => null,
    };

    /// <summary>The number of elements; null if a dimension is negative or the product is too large for any file.</summary>
    public static long? ElementCount(ReadOnlySpan<long> shape)
    {
        Int128 strides = 1; // torch multiplies all dimensions, including those after a zero
        foreach (long extent in shape)
        {
            if (extent < 0)
                return null;
            strides *= Math.Max(1, extent);
            if (strides > long.MaxValue / 8)
                return null;
        }

        return shape.Contains(0) ? 0 : (long)strides;
    }
}
