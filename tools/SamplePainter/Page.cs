namespace TinyGptV.SamplePainter;

/// <summary>The page for diagrams.</summary>
internal static class Page
{
    public const int Width = 160;
    public const int Height = 120;

    public static Canvas Blank()
    {
        Canvas page = new(Width, Height);
        page.FillBox(new Box(0, 0, Width, Height), Colors.Paper);
        return page;
    }

    /// <summary>Draws a thing centred at a point.</summary>
    public static void Put(this Canvas page, Icon icon, NamedColor color, int x, int y) =>
        icon.StampOn(page, color.Rgb, x - ((icon.Width + 2) / 2), y + ((icon.Height + 3) / 2));
}
