using System.Buffers.Binary;

namespace TinyGptV.Model.Tests.Mutations;

/// <summary>The checksums of a PNG file's chunks.</summary>
internal static class PngChecksums
{
    private const int SignatureLength = 8, LengthBytes = 4, TypeBytes = 4, ChecksumBytes = 4;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Entry)];

    /// <summary>Corrects the checksum of every chunk, up to the first broken one.</summary>
    public static void Repair(byte[] png)
    {
        for (long at = SignatureLength; at + LengthBytes + TypeBytes + ChecksumBytes <= png.Length;)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan((int)at)), end = at + LengthBytes + TypeBytes + length;
            if (end + ChecksumBytes > png.Length)
                return;
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan((int)end), Crc32(png.AsSpan((int)at + LengthBytes, (int)length + TypeBytes)));
            at = end + ChecksumBytes;
        }
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
            crc = (crc >> 8) ^ Table[(crc ^ value) & 0xFF];
        return ~crc;
    }

    private static uint Entry(int value)
    {
        uint entry = (uint)value;
        for (int bit = 0; bit < 8; bit++)
            entry = (entry >> 1) ^ ((entry & 1) * 0xEDB88320);
        return entry;
    }
}
