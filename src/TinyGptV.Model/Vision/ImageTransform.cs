using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;
using TorchSharp;

namespace TinyGptV.Model.Vision;

/// <summary>
/// Converts an image file to the visual encoder's input: decodes to 8-bit RGB (stored orientation, no colour management, alpha dropped), resizes to a
/// square regardless of the aspect ratio, scales and normalises. Decoding and resizing give the same bytes as Pillow. Thread-safe.
/// </summary>
public sealed class ImageTransform
{
    /// <summary>
    /// Larger images are rejected before decoding. Pillow warns of decompression bombs from 1 GiB / 4 / 3 pixels on, and rejects images of more than twice as
    /// many.
    /// </summary>
    public const long MostPixels = 2 * 89_478_485;

    private const int Channels = 3;

    /// <summary>Pixels are stored as RGBA with alpha unused, so that a pixel fills a four-lane vector.</summary>
    private const int Stride = 4;

    private const int PngHeaderType = 12, PngBitDepth = 24, PngColourType = 25, PngHeaderEnd = 33;

    private static readonly float[] Mean = [0.48145466f, 0.4578275f, 0.40821073f], Deviation = [0.26862954f, 0.26130258f, 0.27577711f];
    private static readonly float[][] Normalised = [.. Enumerable.Range(0, Channels).Select(NormalisedLevels)];

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G'];

    /// <summary>Creates the transform.</summary>
    /// <param name="size">Width and height of the result in pixels.</param>
    public ImageTransform(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, 1 << 13);
        Size = size;
    }

    /// <summary>Width and height of the result in pixels.</summary>
    public int Size { get; }

    /// <summary>Number of values per image: 3 * Size * Size.</summary>
    public int Length => Channels * Size * Size;

    /// <summary>Transforms one image.</summary>
    /// <param name="encoded">The bytes of an image file (JPEG, PNG, WebP, GIF, BMP).</param>
    /// <returns>The values [3, Size, Size], red first, row by row.</returns>
    /// <exception cref="InvalidDataException">Not a complete image of a supported format, or too large.</exception>
    public float[] Apply(ReadOnlySpan<byte> encoded)
    {
        var values = new float[Length];
        Apply(encoded, values);
        return values;
    }

    /// <summary>Transforms one image into the caller's memory, for example its row of a batch.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <param name="destination">Receives <see cref="Length"/> values.</param>
    /// <exception cref="InvalidDataException">Not a complete image of a supported format, or too large.</exception>
    public void Apply(ReadOnlySpan<byte> encoded, Span<float> destination)
    {
        if (destination.Length != Length)
            throw new ArgumentException($"Expected room for {Length} values, found {destination.Length}.", nameof(destination));
        byte[] pixels = Resize(Decode(encoded), Size);
        for (int channel = 0; channel < Channels; channel++)
        {
            Span<float> plane = destination.Slice(channel * Size * Size, Size * Size);
            float[] levels = Normalised[channel];
            for (int i = 0; i < plane.Length; i++)
                plane[i] = levels[pixels[i * Stride + channel]];
        }
    }

    /// <summary>Transforms one image to a new float32 CPU tensor [3, Size, Size]; the caller disposes it.</summary>
    /// <exception cref="InvalidDataException">Not a complete image of a supported format, or too large.</exception>
    public torch.Tensor ApplyToTensor(ReadOnlySpan<byte> encoded) => torch.tensor(Apply(encoded), [Channels, Size, Size]);

    /// <summary>Checks that an image can be decoded. If so, a model can be asked about it.</summary>
    /// <param name="encoded">The bytes of an image file.</param>
    /// <exception cref="InvalidDataException">Not a complete image of a supported format, or too large.</exception>
    public static void Check(ReadOnlySpan<byte> encoded) => Decode(encoded);

    /// <summary>Decodes to RGBA, row by row; alpha is undefined.</summary>
    internal static Picture Decode(ReadOnlySpan<byte> encoded)
    {
        if (GifFrame.Open(encoded, out byte[] opaque) is not { } frame)
            return DecodeAsStored(encoded);
        Picture picture = DecodeAsStored(opaque);
        frame.FillAround(picture.Width, picture.Height, picture.Pixels);
        return picture;
    }

    private static Picture DecodeAsStored(ReadOnlySpan<byte> encoded)
    {
        using SKData data = SKData.CreateCopy(encoded);
        using var stream = new SKMemoryStream(data);
        using SKCodec? codec = SKCodec.Create(stream, out SKCodecResult kind);
        if (codec is null)
            throw new InvalidDataException($"The image cannot be decoded ({kind}): {Describe(encoded)}. Supported: JPEG, PNG, WebP, GIF, BMP.");

        (int width, int height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > MostPixels)
            throw new InvalidDataException($"The image claims {width} x {height} pixels; the limit is {MostPixels} pixels.");
        if (IsGray16(encoded))
            return DecodeGray16(encoded);

        byte[] pixels = GC.AllocateUninitializedArray<byte>(width * height * Stride);
        SKCodecResult result = Decode(codec, new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul), pixels);
        if (result == SKCodecResult.Success && IsCutProgressiveJpeg(encoded))
            result = SKCodecResult.IncompleteInput;
        if (result != SKCodecResult.Success)
            throw new InvalidDataException($"The {codec.EncodedFormat} image of {width} x {height} pixels is incomplete or damaged ({result}).");
        return new Picture(width, height, pixels);
    }

    /// <summary>
    /// Pillow's bicubic with antialiasing: first along the rows, rounded to 8 bits, then along the columns. Skips a direction of the right size.
    /// </summary>
    internal static byte[] Resize(Picture picture, int size)
    {
        byte[] rows = picture.Width == size ? picture.Pixels : AlongRows(picture, Taps.Make(picture.Width, size));
        return picture.Height == size ? rows : AlongColumns(rows, size, Taps.Make(picture.Height, size));
    }

    private static unsafe SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] pixels)
    {
        fixed (byte* start = pixels)
            return codec.GetPixels(info, (IntPtr)start);
    }

    private static string Describe(ReadOnlySpan<byte> encoded) =>
        encoded.IsEmpty ? "the file is empty" : $"{encoded.Length} bytes that begin with {Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}";

    private static float[] NormalisedLevels(int channel) =>
        [.. Enumerable.Range(0, 256).Select(level => (level / 255f - Mean[channel]) / Deviation[channel])];

    private static byte[] AlongRows(Picture picture, Taps taps)
    {
        var result = new byte[picture.Height * taps.Count * Stride];
        ReadOnlySpan<uint> source = MemoryMarshal.Cast<byte, uint>(picture.Pixels);
        Span<uint> target = MemoryMarshal.Cast<byte, uint>(result.AsSpan());
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<uint> row = source.Slice(y * picture.Width, picture.Width);
            Span<uint> output = target.Slice(y * taps.Count, taps.Count);
            for (int x = 0; x < output.Length; x++)
                output[x] = Blend(row[taps.First[x]..], taps.Weights(x));
        }

        return result;
    }

    private static uint Blend(ReadOnlySpan<uint> pixels, ReadOnlySpan<int> weights)
    {
        Vector128<int> sum = Vector128.Create(Taps.Half);
        for (int i = 0; i < weights.Length; i++)
        {
            Vector128<byte> bytes = Vector128.CreateScalar(pixels[i]).AsByte();
            sum += Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32() * weights[i];
        }

        Vector128<int> level = Vector128.Min(Vector128.Max(sum >> Taps.Bits, Vector128<int>.Zero), Vector128.Create(255));
        return Vector128.Narrow(Vector128.Narrow(level.AsUInt32(), default), default).AsUInt32().ToScalar();
    }

    private static byte[] AlongColumns(byte[] rows, int width, Taps taps)
    {
        int stride = width * Stride;
        var result = new byte[taps.Count * stride];
        int[] sums = ArrayPool<int>.Shared.Rent(stride);
        for (int y = 0; y < taps.Count; y++)
        {
            Span<int> sum = sums.AsSpan(0, stride);
            sum.Fill(Taps.Half);
            ReadOnlySpan<int> weights = taps.Weights(y);
            for (int i = 0; i < weights.Length; i++)
                AddRow(sum, rows.AsSpan((taps.First[y] + i) * stride, stride), weights[i]);
            Span<byte> output = result.AsSpan(y * stride, stride);
            for (int x = 0; x < output.Length; x++)
                output[x] = (byte)Math.Clamp(sum[x] >> Taps.Bits, 0, 255);
        }

        ArrayPool<int>.Shared.Return(sums);
        return result;
    }

    private static void AddRow(Span<int> sum, ReadOnlySpan<byte> row, int weight)
    {
        int x = 0;
        for (; x <= row.Length - Vector<byte>.Count; x += Vector<byte>.Count)
        {
            Vector.Widen(new Vector<byte>(row[x..]), out Vector<ushort> low, out Vector<ushort> high);
            Add(sum[x..], low, weight);
            Add(sum[(x + Vector<ushort>.Count)..], high, weight);
        }

        for (; x < row.Length; x++)
            sum[x] += row[x] * weight;
    }

    private static void Add(Span<int> sum, Vector<ushort> levels, int weight)
    {
        Vector.Widen(levels, out Vector<uint> low, out Vector<uint> high);
        (new Vector<int>(sum) + Vector.AsVectorInt32(low) * weight).CopyTo(sum);
        sum = sum[Vector<int>.Count..];
        (new Vector<int>(sum) + Vector.AsVectorInt32(high) * weight).CopyTo(sum);
    }

    /// <summary>
    /// The decoder reports success for a truncated progressive JPEG; Pillow requires the end marker. Both accept a baseline file that lacks only the
    /// marker.
    /// </summary>
    private static bool IsCutProgressiveJpeg(ReadOnlySpan<byte> encoded)
    {
        const byte startOfImage = 0xD8, endOfImage = 0xD9, progressive = 0xC2, firstRestart = 0xD0, lastRestart = 0xD7;
        if (!encoded.StartsWith([(byte)0xFF, startOfImage]))
            return false;
        bool isProgressive = false;
        for (int at = 2; at < encoded.Length - 1;)
        {
            byte marker = encoded[at] == 0xFF ? encoded[at + 1] : (byte)0;
            if (marker == endOfImage)
                return false;
            isProgressive |= marker == progressive;
            bool hasLength = marker is not (0 or 1 or 0xFF or startOfImage or >= firstRestart and <= lastRestart) && at + 4 <= encoded.Length;
            at += hasLength ? 2 + BinaryPrimitives.ReadUInt16BigEndian(encoded[(at + 2)..]) : 1;
        }

        return isProgressive;
    }

    /// <summary>Whether it is a PNG with a single 16-bit channel.</summary>
    private static bool IsGray16(ReadOnlySpan<byte> encoded) =>
        encoded.Length > PngHeaderEnd && encoded.StartsWith(PngSignature) && encoded[PngBitDepth] == 16 && encoded[PngColourType] == 0;

    /// <summary>
    /// Pillow clips 16-bit gray at 255 instead of scaling it. Such a pixel has the same two bytes as 8-bit gray with alpha, so the file is decoded as
    /// that: red is then the high byte, alpha the low one.
    /// </summary>
    private static Picture DecodeGray16(ReadOnlySpan<byte> encoded)
    {
        byte[] asGrayAlpha = encoded.ToArray();
        (asGrayAlpha[PngBitDepth], asGrayAlpha[PngColourType]) = (8, 4);
        BinaryPrimitives.WriteUInt32BigEndian(asGrayAlpha.AsSpan(PngHeaderEnd - 4), Crc32(asGrayAlpha.AsSpan(PngHeaderType..(PngHeaderEnd - 4))));

        Picture picture = Decode(asGrayAlpha);
        foreach (ref uint pixel in MemoryMarshal.Cast<byte, uint>(picture.Pixels.AsSpan()))
        {
            uint level = (byte)pixel == 0 ? pixel >> 24 : 255;
            pixel = level * 0x010101;
        }

        return picture;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
        }

        return ~crc;
    }

    /// <summary>8-bit pixels, RGBA, row by row.</summary>
    internal sealed record Picture(int Width, int Height, byte[] Pixels);

    /// <summary>
    /// The source pixels and weights of each result pixel: cubic with a = -0.5, widened when shrinking, in 22-bit fixed point.
    /// </summary>
    private sealed class Taps
    {
        public const int Bits = 22, Half = 1 << (Bits - 1);

        private const double A = -0.5, Support = 2;

        private readonly int[][] _weights;

        private Taps(int count)
        {
            First = new int[count];
            _weights = new int[count][];
        }

        public int Count => First.Length;

        public int[] First { get; }

        public ReadOnlySpan<int> Weights(int index) => _weights[index];

        public static Taps Make(int from, int to)
        {
            var taps = new Taps(to);
            double scale = (double)from / to, widening = Math.Max(scale, 1), support = Support * widening;
            for (int i = 0; i < to; i++)
            {
                double centre = (i + 0.5) * scale;
                int first = Math.Max(0, (int)(centre - support + 0.5)), end = Math.Min(from, (int)(centre + support + 0.5));
                taps.First[i] = first;
                taps._weights[i] = Normalise([.. Enumerable.Range(first, end - first).Select(x => Cubic((x - centre + 0.5) * (1 / widening)))]);
            }

            return taps;
        }

        private static int[] Normalise(double[] weights)
        {
            double sum = 0;
            foreach (double weight in weights)
                sum += weight; // in order: the last bit matters
            return [.. weights.Select(weight => FixedPoint(weight / sum))];
        }

        private static int FixedPoint(double weight) => (int)(weight * (1 << Bits) + (weight < 0 ? -0.5 : 0.5));

        private static double Cubic(double x)
        {
            x = Math.Abs(x);
            return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
        }
    }
}
