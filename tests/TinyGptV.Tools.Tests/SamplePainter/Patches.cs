using System.Collections.Concurrent;
using SkiaSharp;
using TinyGptV.SamplePainter;

namespace TinyGptV.Tools.Tests.SamplePainter;

/// <summary>A connected patch of pixels of one class.</summary>
internal sealed record Patch(string Class, int Pixels, double X, double Y);

/// <summary>
/// Analyses a picture file independently: decodes it, maps every pixel to the nearest colour, and finds connected patches. It shares only the
/// list of colours with the painter.
/// </summary>
internal static class Patches
{
    // Smaller patches are blends at edges.
    private const int LeastPixels = 40;

    private static readonly (string Name, Rgb Rgb)[] Known =
    [
        .. Colors.Named.Select(named => (named.Name, named.Rgb)),
        .. ((Rgb[])[Colors.Outline, Colors.White, Colors.Glass, Colors.Cream, Colors.Paper, Colors.Leaf, Colors.Wood, .. Colors.Pastels])
            .Select(other => ("", other)),
    ];

    private static readonly ConcurrentDictionary<Rgb, string> NearestNames = new();

    /// <summary>The patches of named colours.</summary>
    public static List<Patch> OfNamedColors(byte[] file) =>
        [.. Find(file, NameOf).Where(patch => Colors.Named.Any(color => color.Name == patch.Class))];

    /// <summary>The patches inside outlines: named colours and white.</summary>
    public static List<Patch> OfParts(byte[] file) =>
        Find(file, color => color == Colors.Paper || color == Colors.Outline ? null : color == Colors.White ? "white" : "colored");

    /// <summary>The patches of everything except paper.</summary>
    public static List<Patch> OfInk(byte[] file) => Find(file, color => color == Colors.Paper ? null : "ink");

    private static List<Patch> Find(byte[] file, Func<Rgb, string?> classify)
    {
        using SKBitmap bitmap = SKBitmap.Decode(file);
        SKColor[] pixels = bitmap.Pixels;
        string?[,] classes = new string?[bitmap.Width, bitmap.Height];
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                SKColor pixel = pixels[(y * bitmap.Width) + x];
                classes[x, y] = classify(new Rgb(pixel.Red, pixel.Green, pixel.Blue));
            }
        }

        List<Patch> patches = [];
        for (int y = 0; y < bitmap.Height; y++)
        {
            for (int x = 0; x < bitmap.Width; x++)
            {
                if (classes[x, y] is { } found)
                    patches.Add(TakeFrom(classes, x, y, found));
            }
        }

        return [.. patches.Where(patch => patch.Pixels >= LeastPixels)];
    }

    private static Patch TakeFrom(string?[,] classes, int startX, int startY, string wanted)
    {
        Stack<(int X, int Y)> open = new([(startX, startY)]);
        classes[startX, startY] = null;
        long sumX = 0, sumY = 0;
        int count = 0;
        while (open.TryPop(out (int X, int Y) at))
        {
            (sumX, sumY, count) = (sumX + at.X, sumY + at.Y, count + 1);
            foreach ((int x, int y) in ((int, int)[])[(at.X - 1, at.Y), (at.X + 1, at.Y), (at.X, at.Y - 1), (at.X, at.Y + 1)])
            {
                if (x < 0 || y < 0 || x >= classes.GetLength(0) || y >= classes.GetLength(1) || classes[x, y] != wanted)
                    continue;
                classes[x, y] = null;
                open.Push((x, y));
            }
        }

        return new Patch(wanted, count, (double)sumX / count, (double)sumY / count);
    }

    private static string NameOf(Rgb color) => NearestNames.GetOrAdd(color, pixel => Known.MinBy(known => Distance(known.Rgb, pixel)).Name);

    private static int Distance(Rgb a, Rgb b) =>
        ((a.Red - b.Red) * (a.Red - b.Red)) + ((a.Green - b.Green) * (a.Green - b.Green)) + ((a.Blue - b.Blue) * (a.Blue - b.Blue));
}
