using System.Buffers.Binary;

namespace TinyGptV.SamplePainter;

/// <summary>
/// Writes PNG files of at most 16 colours, 4 bits per pixel, in stored (uncompressed) blocks. The compressors of SkiaSharp and .NET depend on the
/// processor: their files decode to the same pixels, but the bytes differ between machines. These files are the same everywhere and small enough.
/// </summary>
internal static class PngFile
{
    public static byte[] Encode(Canvas canvas)
    {
        List<Rgb> palette = [];
        byte[] rows = PackRows(canvas, palette);
        using MemoryStream file = new();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        WriteChunk(file, "IHDR"u8, [.. BigEndian(canvas.Width), .. BigEndian(canvas.Height), 4, 3, 0, 0, 0]);
        WriteChunk(file, "PLTE"u8, [.. palette.SelectMany(color => (byte[])[color.Red, color.Green, color.Blue])]);
        WriteChunk(file, "IDAT"u8, Store(rows));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static byte[] PackRows(Canvas canvas, List<Rgb> palette)
    {
        int stride = 1 + ((canvas.Width + 1) / 2);
        byte[] rows = new byte[stride * canvas.Height];
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
                rows[(y * stride) + 1 + (x / 2)] |= (byte)(IndexOf(canvas[x, y] ?? Colors.White, palette) << (x % 2 == 0 ? 4 : 0));
        }

        return rows;
    }

    private static int IndexOf(Rgb color, List<Rgb> palette)
    {
        int index = palette.IndexOf(color);
        if (index >= 0)
            return index;
        if (palette.Count == 16)
            throw new InvalidOperationException("A picture has more than 16 colours.");
        palette.Add(color);
        return palette.Count - 1;
    }

    /// <summary>A zlib stream (RFC 1950) of stored deflate blocks (RFC 1951).</summary>
    private static byte[] Store(byte[] content)
    {
        const int largestBlock = 65535;
        List<byte> stream = [0x78, 0x01];
        for (int start = 0; start < content.Length; start += largestBlock)
        {
            byte[] block = content[start..Math.Min(start + largestBlock, content.Length)];
            ushort length = (ushort)block.Length;
            bool last = start + length == content.Length;
            stream.AddRange([last ? (byte)1 : (byte)0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8)]);
            stream.AddRange(block);
        }

        stream.AddRange(BigEndian((int)Adler32(content)));
        return [.. stream];
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] checkedPart = [.. type, .. content];
        file.Write(BigEndian(content.Length));
        file.Write(checkedPart);
        file.Write(BigEndian((int)Crc32(checkedPart)));
    }

    private static byte[] BigEndian(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : 0xEDB88320);
        }

        return ~crc;
    }

    private static uint Adler32(ReadOnlySpan<byte> bytes)
    {
        uint a = 1, b = 0;
        foreach (byte value in bytes)
        {
            a = (a + value) % 65521;
            b = (b + a) % 65521;
        }

        return (b << 16) | a;
    }
}
