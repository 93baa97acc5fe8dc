using System.Buffers.Binary;
using System.Globalization;

namespace TinyGptV.Pickle;

/// <summary>Reads numbers of variable length.</summary>
internal static class PickleNumber
{
    public static long OfDigits(string digits) => long.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value)
        ? value
        : throw new InvalidDataException("an integer is malformed or exceeds 64 bits");

    public static long OfBytes(ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length > sizeof(long))
            throw new InvalidDataException("an integer exceeds 64 bits");
        if (littleEndian.IsEmpty)
            return 0;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        bytes.Fill((littleEndian[^1] & 0x80) != 0 ? (byte)0xFF : (byte)0);
        littleEndian.CopyTo(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    public static double FloatOf(string digits) => double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new InvalidDataException("a float is malformed");
}
