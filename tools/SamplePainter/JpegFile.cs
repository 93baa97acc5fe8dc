using SkiaSharp;

namespace TinyGptV.SamplePainter;

/// <summary>
/// Writes JPEG files with SkiaSharp. Its encoder (libjpeg-turbo, accurate integer transform) gives the same bits with and without vector
/// instructions, so one version of SkiaSharp writes the same bytes everywhere. If a new version writes others, regenerate the sample set.
/// </summary>
internal static class JpegFile
{
    private const int Quality = 90;

    public static byte[] Encode(Canvas canvas)
    {
        using SKBitmap bitmap = new(new SKImageInfo(canvas.Width, canvas.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        Span<byte> pixels = bitmap.GetPixelSpan();
        for (int y = 0; y < canvas.Height; y++)
        {
            for (int x = 0; x < canvas.Width; x++)
            {
                Rgb color = canvas[x, y] ?? Colors.White;
                ReadOnlySpan<byte> pixel = [color.Red, color.Green, color.Blue, byte.MaxValue];
                pixel.CopyTo(pixels[((y * bitmap.RowBytes) + (x * 4))..]);
            }
        }

        // Full colour resolution; with subsampling, colours would bleed over the edges of small things.
        using SKPixmap pixmap = bitmap.PeekPixels();
        using SKData file = pixmap.Encode(new SKJpegEncoderOptions(Quality, SKJpegEncoderDownsample.Downsample444, SKJpegEncoderAlphaOption.Ignore))
            ?? throw new InvalidOperationException("SkiaSharp could not encode a picture as JPEG.");
        return file.ToArray();
    }
}
