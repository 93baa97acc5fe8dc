using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace TinyGptV.Model.Vision;

/// <summary>
/// The first frame of a GIF as Pillow sees it. Pillow drops transparency only after reading the pixels, so a transparent pixel has its palette colour, and the
/// part of the picture that the frame leaves out has the colour of the transparent index, or of index 0. The decoder gives black for both.
/// </summary>
internal readonly record struct GifFrame
{
    private const int ScreenEnd = 13, DescriptorLength = 10, ColourLength = 3;
    private const byte Extension = 0x21, GraphicControl = 0xF9, ImageDescriptor = 0x2C, HasPalette = 0x80, IsTransparent = 1;

    private int Left { get; init; }

    private int Top { get; init; }

    private int Width { get; init; }

    private int Height { get; init; }

    /// <summary>The colour around the frame as an opaque pixel: red in the lowest byte.</summary>
    private uint Surround { get; init; }

    /// <summary>Reads the first frame's place and colours, and makes its transparent pixels opaque.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="opaque">The same file without transparency in its first frame.</param>
    /// <returns>The frame; null if it is not a GIF, or if the decoder will not find a frame in it either.</returns>
    public static GifFrame? Open(ReadOnlySpan<byte> encoded, out byte[] opaque)
    {
        opaque = [];
        if (encoded.Length < ScreenEnd || !encoded.StartsWith("GIF8"u8))
            return null;
        opaque = encoded.ToArray();
        int transparent = 0, at = ScreenEnd + PaletteLength(encoded[10]);
        while (at < encoded.Length && encoded[at] == Extension)
        {
            if (at + 6 < encoded.Length && encoded[at + 1] == GraphicControl && encoded[at + 2] == 4 && (encoded[at + 3] & IsTransparent) != 0)
            {
                transparent = encoded[at + 6];
                opaque[at + 3] &= unchecked((byte)~IsTransparent);
            }

            at = EndOfBlocks(encoded, at + 2);
        }

        return at + DescriptorLength <= encoded.Length && encoded[at] == ImageDescriptor ? At(encoded, at, transparent) : null;
    }

    /// <summary>Colours what the frame leaves out.</summary>
    /// <param name="width">The picture's width.</param>
    /// <param name="height">The picture's height.</param>
    /// <param name="rgba">Its decoded pixels, four bytes each, row by row.</param>
    public void FillAround(int width, int height, byte[] rgba)
    {
        Span<uint> pixels = MemoryMarshal.Cast<byte, uint>(rgba.AsSpan());
        int right = Math.Min(width, Left + Width), left = Math.Min(Left, right);
        for (int y = 0; y < height; y++)
        {
            Span<uint> row = pixels.Slice(y * width, width);
            if (y < Top || y >= Top + Height)
            {
                row.Fill(Surround);
                continue;
            }

            row[..left].Fill(Surround);
            row[right..].Fill(Surround);
        }
    }

    private static GifFrame At(ReadOnlySpan<byte> encoded, int at, int index)
    {
        byte flags = encoded[at + 9];
        (int palette, int length) = (flags & HasPalette) != 0
            ? (at + DescriptorLength, PaletteLength(flags))
            : (ScreenEnd, PaletteLength(encoded[10]));
        int colour = palette + index * ColourLength;
        bool isKnown = (index + 1) * ColourLength <= length && colour + ColourLength <= encoded.Length;
        return new GifFrame
        {
            Left = Number(encoded, at + 1),
            Top = Number(encoded, at + 3),
            Width = Number(encoded, at + 5),
            Height = Number(encoded, at + 7),
            Surround = 0xFF000000 | (isKnown ? encoded[colour] | (uint)encoded[colour + 1] << 8 | (uint)encoded[colour + 2] << 16 : 0),
        };
    }

    private static int PaletteLength(byte flags) => (flags & HasPalette) == 0 ? 0 : ColourLength * (2 << (flags & 7));

    private static int Number(ReadOnlySpan<byte> encoded, int at) => BinaryPrimitives.ReadUInt16LittleEndian(encoded[at..]);

    /// <summary>The position after a list of blocks, each of which begins with its length; the last is empty.</summary>
    private static int EndOfBlocks(ReadOnlySpan<byte> encoded, int at)
    {
        while (at < encoded.Length && encoded[at] != 0)
            at += 1 + encoded[at];
        return at + 1;
    }
}
