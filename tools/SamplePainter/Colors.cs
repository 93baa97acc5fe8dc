namespace TinyGptV.SamplePainter;

/// <summary>The colour of a pixel.</summary>
internal readonly record struct Rgb(byte Red, byte Green, byte Blue);

/// <summary>A colour used in questions.</summary>
internal sealed record NamedColor(string Name, Rgb Rgb);

/// <summary>All colours. The named ones differ enough from each other and from the rest to survive JPEG compression.</summary>
internal static class Colors
{
    public static readonly Rgb Outline = new(58, 58, 72);
    public static readonly Rgb White = new(255, 255, 255);
    public static readonly Rgb Glass = new(206, 232, 240);
    public static readonly Rgb Cream = new(252, 240, 214);
    public static readonly Rgb Paper = new(250, 250, 246);
    public static readonly Rgb Leaf = new(126, 182, 122);
    public static readonly Rgb Wood = new(196, 160, 120);

    public static readonly IReadOnlyList<NamedColor> Named =
    [
        new("red", new(212, 44, 48)),
        new("orange", new(246, 140, 28)),
        new("yellow", new(250, 214, 50)),
        new("green", new(44, 154, 70)),
        new("blue", new(44, 98, 210)),
        new("purple", new(134, 62, 170)),
        new("pink", new(248, 142, 186)),
        new("brown", new(122, 76, 40)),
    ];

    /// <summary>Backgrounds, too pale to be taken for a named colour.</summary>
    public static readonly IReadOnlyList<Rgb> Pastels =
        [new(214, 234, 246), new(226, 240, 214), new(250, 236, 222), new(236, 228, 244), new(248, 244, 220), new(222, 240, 236)];
}
