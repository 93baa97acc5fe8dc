namespace TinyGptV.SamplePainter;

/// <summary>A kind of thing that pictures show, with how it is drawn. Its main colour covers one connected patch, so that it can be counted by pixels.</summary>
/// <param name="Name">The singular, for example <c>cup</c>.</param>
/// <param name="Plural">The plural.</param>
/// <param name="Width">Pixels, without the line around.</param>
/// <param name="Height">Pixels, without the line around.</param>
/// <param name="Draw">Draws it with its main colour on a canvas of this size.</param>
internal sealed record Icon(string Name, string Plural, int Width, int Height, Action<Canvas, Rgb> Draw)
{
    /// <summary>The name behind <c>a</c> or <c>an</c>.</summary>
    public string WithArticle => ("aeiou".Contains(Name[0]) ? "an " : "a ") + Name;

    /// <summary>Draws it, scaled by nothing, with its bottom left corner (line around included) at a point; returns where it lies.</summary>
    public Box StampOn(Canvas canvas, Rgb color, int left, int bottom)
    {
        Canvas drawing = new(Width, Height);
        Draw(drawing, color);
        Box box = new(left, bottom - Height - 2, left + Width + 2, bottom);
        canvas.Stamp(drawing, box.Left + 1, box.Top + 1);
        return box;
    }
}
