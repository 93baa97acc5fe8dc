namespace TinyGptV.SamplePainter;

/// <summary>A kind of thing in pictures, and how to draw it. Its main colour forms one connected area, so that tests can count it by pixels.</summary>
/// <param name="Name">The singular, for example <c>cup</c>.</param>
/// <param name="Plural">The plural.</param>
/// <param name="Width">Pixels, without the outline.</param>
/// <param name="Height">Pixels, without the outline.</param>
/// <param name="Draw">Draws it in the given main colour on a canvas of this size.</param>
internal sealed record Icon(string Name, string Plural, int Width, int Height, Action<Canvas, Rgb> Draw)
{
    /// <summary>The name with <c>a</c> or <c>an</c>.</summary>
    public string WithArticle => ("aeiou".Contains(Name[0]) ? "an " : "a ") + Name;

    /// <summary>Draws it unscaled, with the bottom left corner of its outline at a point; returns its bounds.</summary>
    public Box StampOn(Canvas canvas, Rgb color, int left, int bottom)
    {
        Canvas drawing = new(Width, Height);
        Draw(drawing, color);
        Box box = new(left, bottom - Height - 2, left + Width + 2, bottom);
        canvas.Stamp(drawing, box.Left + 1, box.Top + 1);
        return box;
    }
}
