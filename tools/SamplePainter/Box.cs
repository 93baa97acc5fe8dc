namespace TinyGptV.SamplePainter;

/// <summary>A rectangle of pixels: left and top inside, right and bottom outside.</summary>
internal readonly record struct Box(int Left, int Top, int Right, int Bottom)
{
    /// <summary>The minimum gap, in pixels, for one thing to be clearly next to or above another.</summary>
    private const int PlainGap = 3;

    public int Width => Right - Left;

    public int Height => Bottom - Top;

    public bool IsLeftOf(Box other) => Right + PlainGap <= other.Left;

    public bool IsAbove(Box other) => Bottom + PlainGap <= other.Top;
}
