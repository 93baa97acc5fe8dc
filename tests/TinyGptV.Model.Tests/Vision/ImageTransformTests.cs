using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using CsCheck;
using SkiaSharp;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Tests.Mutations;
using TinyGptV.Model.Vision;
using TorchSharp;

namespace TinyGptV.Model.Tests.Vision;

public sealed class ImageTransformTests
{
    private static readonly JsonNode Index = Golden.Json("preprocess/index.json");

    public static TheoryData<string> Images() => [.. Index["images"]!.AsObject().Select(image => image.Key)];

    [Theory]
    [MemberData(nameof(Images))]
    public void Decode_GoldenImage_GivesPillowsPixels(string name)
    {
        ImageTransform.Picture picture = ImageTransform.Decode(File.ReadAllBytes(Golden.PathOf($"preprocess/images/{name}")));

        JsonNode golden = Index["images"]![name]!;
        Assert.Equal(((int)golden["width"]!, (int)golden["height"]!), (picture.Width, picture.Height));
        Assert.Equal((string)golden["decoded_rgb_sha256"]!, Convert.ToHexStringLower(SHA256.HashData(Rgb(picture.Pixels))));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Apply_GoldenImage_GivesTheOriginalsValues(string name)
    {
        using ICheckpointFile expected = Golden.Open(GoldenFiles.ResizedImages);
        byte[] encoded = File.ReadAllBytes(Golden.PathOf($"preprocess/images/{name}"));
        int compared = 0;
        foreach (int size in Index["sizes"]!.AsArray().Select(size => (int)size!).Where(size => expected.Tensors.ContainsKey($"{name}.u8_{size}")))
        {
            var transform = new ImageTransform(size);
            using torch.Tensor levels = expected.Read($"{name}.u8_{size}");
            Assert.True(levels.bytes.SequenceEqual(Rgb(ImageTransform.Resize(ImageTransform.Decode(encoded), size))), $"{name} at {size}");
            Assert.Equal(Normalise(levels.bytes, size), transform.Apply(encoded));
            if (expected.Tensors.ContainsKey($"{name}.float_{size}"))
            {
                using torch.Tensor golden = expected.Read($"{name}.float_{size}"), ours = transform.ApplyToTensor(encoded);
                Assert.Equal(golden.shape, ours.shape);
                Assert.True(golden.bytes.SequenceEqual(ours.bytes));
            }

            compared++;
        }

        Assert.NotEqual(0, compared);
    }

    [Fact]
    public void Apply_ImagesOfTheWholeModel_GiveItsPixelValues()
    {
        using torch.Tensor expected = Golden.Read(GoldenFiles.Vision, "pixel_values");
        var transform = new ImageTransform((int)expected.shape[2]);
        for (int i = 0; i < expected.shape[0]; i++)
        {
            using torch.Tensor row = expected.select(0, i), dense = row.contiguous();
            Assert.Equal(dense.data<float>().ToArray(), transform.Apply(GoldenModel.Picture(i)));
        }
    }

    [Fact]
    public void Resize_AnySize_EqualsTheDefinition() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[1, 30]).SelectMany((width, height, size) =>
                Gen.Byte.Array[width * height * 4].Select(pixels => (width, height, size, pixels)))
            .Sample(image => Assert.Equal(
                Rgb(ByTheBook(image.pixels, image.width, image.height, image.size)),
                Rgb(ImageTransform.Resize(new ImageTransform.Picture(image.width, image.height, image.pixels), image.size))), iter: 300);

    [Fact]
    public void Apply_DestinationOfTheCaller_ReceivesTheSameValues()
    {
        var transform = new ImageTransform(56);
        byte[] encoded = GoldenModel.Picture(0);
        float[] batch = new float[2 * transform.Length];

        transform.Apply(encoded, batch.AsSpan(transform.Length));

        Assert.Equal(transform.Apply(encoded), batch[transform.Length..]);
        Assert.All(batch[..transform.Length], value => Assert.Equal(0f, value));
        Assert.Throws<ArgumentException>(() => transform.Apply(encoded, batch));
    }

    [Theory]
    [MemberData(nameof(Images))]
    public void Apply_TruncatedImage_IsRefused(string name)
    {
        byte[] encoded = File.ReadAllBytes(Golden.PathOf($"preprocess/images/{name}"));

        Assert.Throws<InvalidDataException>(() => new ImageTransform(56).Apply(encoded.AsSpan(0, encoded.Length / 2)));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("no image at all", "15 bytes that begin with 6E6F")]
    public void Apply_NoImage_SaysWhatWasFound(string content, string expected) =>
        Assert.Contains(expected,
            Assert.Throws<InvalidDataException>(() => new ImageTransform(56).Apply(System.Text.Encoding.ASCII.GetBytes(content))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Apply_AbsurdDimensions_AreRefusedBeforeDecoding()
    {
        using var bitmap = new SKBitmap(1, 1);
        using SKData small = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        byte[] png = small.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), 100_000);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), 90_000);
        PngChecksums.Repair(png);

        Assert.Contains("100000 x 90000", Assert.Throws<InvalidDataException>(() => new ImageTransform(56).Apply(png)).Message, StringComparison.Ordinal);
    }

    /// <summary>Pillow warns of images of this size, and reads them.</summary>
    [Fact]
    public void MostPixels_IsThatOfPillowsError_NotOfItsWarning()
    {
        Assert.Equal(178_956_970, ImageTransform.MostPixels);
        byte[] png = PngThatClaims(13_377, 13_378);

        // 178,957,506 pixels.
        Assert.Contains("13377 x 13378", Assert.Throws<InvalidDataException>(() => new ImageTransform(56).Apply(png)).Message, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "the limit is", Assert.Throws<InvalidDataException>(() => new ImageTransform(56).Apply(PngThatClaims(9_460, 9_460))).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Pillow drops transparency after reading the pixels: a transparent pixel keeps the colour that the palette has for it.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    [InlineData(2)]
    public void Decode_TransparentGif_HasThePalettesColours(int? transparent)
    {
        byte[] gif = Gif(width: 2, height: 2, left: 0, top: 0, frameWidth: 2, frameHeight: 2, transparent, [0, 1, 2, 3]);

        Assert.Equal([10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42], Rgb(ImageTransform.Decode(gif).Pixels));
    }

    /// <summary>Pillow fills what the frame leaves out with the transparent index, or with index 0.</summary>
    [Theory]
    [InlineData(null, 10)]
    [InlineData(3, 40)]
    public void Decode_GifWhoseFrameIsSmaller_HasTheSurroundingOfPillow(int? transparent, int surround)
    {
        byte[] gif = Gif(width: 3, height: 3, left: 1, top: 1, frameWidth: 1, frameHeight: 2, transparent, [1, 2]);

        byte[] reds = [.. Rgb(ImageTransform.Decode(gif).Pixels).Where((_, i) => i % 3 == 0)];

        byte around = (byte)surround;
        Assert.Equal([around, around, around, around, 20, around, around, 30, around], reds);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(100_000)]
    public void Constructor_SizeThatMakesNoSense_Throws(int size) => Assert.Throws<ArgumentOutOfRangeException>(() => new ImageTransform(size));

    private static byte[] PngThatClaims(int width, int height)
    {
        using var bitmap = new SKBitmap(1, 1);
        using SKData small = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        byte[] png = small.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), height);
        PngChecksums.Repair(png);
        return png;
    }

    /// <summary>
    /// A GIF of four colours, of which index i is (10 + 10 i, 11 + 10 i, 12 + 10 i). Codes have three bits, as the table is cleared before each
    /// pixel.
    /// </summary>
    private static byte[] Gif(int width, int height, int left, int top, int frameWidth, int frameHeight, int? transparent, int[] pixels)
    {
        const int clear = 4, end = 5;
        byte[] data = new byte[(3 * (2 * pixels.Length + 1) + 7) / 8];
        int bit = 0;
        foreach (int code in (int[])[.. pixels.SelectMany(pixel => (int[])[clear, pixel]), end])
            for (int i = 0; i < 3; i++, bit++)
                data[bit / 8] |= (byte)((code >> i & 1) << bit % 8);
        byte[] palette = [.. Enumerable.Range(0, 4).SelectMany(i => (byte[])[(byte)(10 + 10 * i), (byte)(11 + 10 * i), (byte)(12 + 10 * i)])];
        return
        [
            .. "GIF89a"u8, (byte)width, 0, (byte)height, 0, 0x81, 1, 0, .. palette,
            .. transparent is { } index ? [0x21, 0xF9, 4, 1, 0, 0, (byte)index, 0] : (byte[])[],
            0x2C, (byte)left, 0, (byte)top, 0, (byte)frameWidth, 0, (byte)frameHeight, 0, 0, 2, (byte)data.Length, .. data, 0, 0x3B,
        ];
    }

    private static byte[] Rgb(byte[] rgba) => [.. rgba.Where((_, index) => index % 4 != 3)];

    private static float[] Normalise(ReadOnlySpan<byte> rows, int size)
    {
        float[] mean = [.. Index["mean"]!.AsArray().Select(value => (float)value!)], deviation = [.. Index["std"]!.AsArray().Select(value => (float)value!)];
        var values = new float[3 * size * size];
        for (int i = 0; i < rows.Length; i++)
            values[i % 3 * size * size + i / 3] = (rows[i] / 255f - mean[i % 3]) / deviation[i % 3];
        return values;
    }

    /// <summary>A straightforward version of Pillow's two passes: each output level from all input pixels of its row or column.</summary>
    private static byte[] ByTheBook(byte[] pixels, int width, int height, int size)
    {
        var rows = new byte[height * size * 4];
        for (int y = 0; y < height; y++)
            for (int x = 0; x < size; x++)
                for (int c = 0; c < 4; c++)
                    rows[(y * size + x) * 4 + c] = Level(width, size, x, from => pixels[(y * width + from) * 4 + c]);
        var result = new byte[size * size * 4];
        for (int y = 0; y < size; y++)
            for (int x = 0; x < size; x++)
                for (int c = 0; c < 4; c++)
                    result[(y * size + x) * 4 + c] = Level(height, size, y, from => rows[(from * size + x) * 4 + c]);
        return result;
    }

    private static byte Level(int from, int to, int index, Func<int, byte> pixel)
    {
        double scale = (double)from / to, widening = Math.Max(1, scale), centre = (index + 0.5) * scale, sum = 0;
        int first = Math.Max((int)(centre - 2 * widening + 0.5), 0), end = Math.Min((int)(centre + 2 * widening + 0.5), from);
        var weights = new double[end - first];
        for (int i = 0; i < weights.Length; i++)
            sum += weights[i] = Kernel((i + first - centre + 0.5) * (1 / widening));
        long level = 1 << 21;
        for (int i = 0; i < weights.Length; i++)
            level += (long)Math.Round(weights[i] / sum * (1 << 22), MidpointRounding.AwayFromZero) * pixel(first + i);
        return (byte)Math.Clamp(level >> 22, 0, 255);
    }

    private static double Kernel(double x) => Math.Abs(x) switch
    {
        var d and < 1 => ((-0.5 + 2) * d - (-0.5 + 3)) * d * d + 1,
        var d and < 2 => (((d - 5) * d + 8) * d - 4) * -0.5,
        _ => 0,
    };
}
