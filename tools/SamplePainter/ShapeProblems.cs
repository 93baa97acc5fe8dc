using System.Globalization;

namespace TinyGptV.SamplePainter;

/// <summary>Problems about shapes, lengths, fractions and clocks.</summary>
internal static class ShapeProblems
{
    private const int CenterX = Page.Width / 2;
    private const int CenterY = Page.Height / 2;

    /// <summary>Regular shapes by number of sides; each divides 120 steps of 3 degrees evenly.</summary>
    private static readonly IReadOnlyList<(int Sides, string Name)> Polygons =
        [(3, "triangle"), (4, "square"), (5, "pentagon"), (6, "hexagon"), (8, "octagon")];

    public static IconQaProblem NameTheShape(RandomPicks random)
    {
        NamedColor color = random.Pick(Colors.Named);
        int shape = random.Below(Polygons.Count + 1);
        Canvas picture = Page.Blank();
        if (shape == Polygons.Count)
            StampShape(picture, drawing => drawing.FillEllipse(new Box(0, 0, 90, 90), color.Rgb));
        else
            StampShape(picture, drawing => FillRegular(drawing, Polygons[shape].Sides, color.Rgb));

        List<string> names = [.. Polygons.Select(polygon => polygon.Name), "circle"];
        List<string> choices = [names[shape], .. random.Draw(names.Where(name => name != names[shape]), random.Between(2, 3))];
        return new IconQaProblem("What shape is this?", random.Shuffle(choices), names[shape], ["geometry"], "kindergarten", picture);
    }

    public static IconQaProblem CountTheSides(RandomPicks random)
    {
        NamedColor color = random.Pick(Colors.Named);
        int sides = random.Pick(Polygons).Sides;
        Canvas picture = Page.Blank();
        StampShape(picture, drawing => FillRegular(drawing, sides, color.Rgb));
        List<int> choices = [sides, .. random.Draw(Enumerable.Range(3, 6).Where(other => other != sides), 3)];
        choices.Sort();
        return new IconQaProblem("How many sides does this shape have?", [.. choices.Select(Text)], Text(sides), ["geometry", "counting"], "grade1", picture);
    }

    public static IconQaProblem WhichLineIsLonger(RandomPicks random)
    {
        List<NamedColor> colors = random.Draw(Colors.Named, 2);
        int shorter = random.Between(40, 80), longer = shorter + random.Between(25, 50);
        List<int> lengths = random.Shuffle<int>([shorter, longer]);
        Canvas picture = Page.Blank();
        for (int i = 0; i < 2; i++)
        {
            Canvas bar = new(lengths[i], 10);
            bar.FillBox(new Box(0, 0, lengths[i], 10), colors[i].Rgb);
            picture.Stamp(bar, 14, 36 + (i * 38));
        }

        bool askLonger = random.Below(2) == 0;
        int answer = lengths[0] == (askLonger ? longer : shorter) ? 0 : 1;
        List<string> names = [.. colors.Select(color => $"the {color.Name} bar")];
        return new IconQaProblem(
            askLonger ? "Which bar is longer?" : "Which bar is shorter?", random.Shuffle(names), names[answer], ["comparing", "measurement"], "prek", picture);
    }

    public static IconQaProblem WhichFractionIsColored(RandomPicks random)
    {
        NamedColor color = random.Pick(Colors.Named);
        int parts = random.Between(2, 6), colored = random.Between(1, parts - 1);
        int width = 120 / parts;
        Canvas picture = Page.Blank();
        for (int i = 0; i < parts; i++)
        {
            Canvas part = new(width - 1, 44);
            part.FillBox(new Box(0, 0, width - 1, 44), i < colored ? color.Rgb : Colors.White);
            picture.Stamp(part, 20 + (i * width), 38);
        }

        string right = Fraction(colored, parts);
        List<string> others = [.. from p in Enumerable.Range(2, 5) from c in Enumerable.Range(1, p - 1) where c * parts != colored * p select Fraction(c, p)];
        return new IconQaProblem(
            $"What fraction of the bar is {color.Name}?", random.Shuffle([right, .. random.Draw(others, 3)]), right, ["fraction"], "grade3", picture);
    }

    public static IconQaProblem WhatTimeIsIt(RandomPicks random)
    {
        int hour = random.Between(1, 12);
        Canvas picture = Page.Blank();
        StampShape(picture, drawing => drawing.FillEllipse(new Box(0, 0, 90, 90), Colors.Cream));
        for (int mark = 0; mark < 12; mark++)
        {
            (int x, int y) = Canvas.Around(CenterX, CenterY, 39, mark * 10);
            picture.FillCircle(x, y, mark % 3 == 0 ? 2 : 1, Colors.Outline);
        }

        picture.Line((CenterX, CenterY), Canvas.Around(CenterX, CenterY, 33, 0), 2, Colors.Outline);
        picture.Line((CenterX, CenterY), Canvas.Around(CenterX, CenterY, 20, hour * 10), 4, random.Pick(Colors.Named).Rgb);
        picture.FillCircle(CenterX, CenterY, 3, Colors.Outline);
        List<int> choices = [hour, .. random.Draw(Enumerable.Range(1, 12).Where(other => other != hour), 3)];
        return new IconQaProblem("What time does the clock show?", [.. random.Shuffle(choices).Select(Time)], Time(hour), ["time"], "grade1", picture);
    }

    /// <summary>Draws a shape of 90 by 90 pixels in the middle of the page.</summary>
    private static void StampShape(Canvas picture, Action<Canvas> draw)
    {
        Canvas drawing = new(90, 90);
        draw(drawing);
        picture.Stamp(drawing, CenterX - 45, CenterY - 45);
    }

    private static void FillRegular(Canvas drawing, int sides, Rgb color)
    {
        // Squares and hexagons stand on a side. The octagon stands on a corner: its half step is not a whole number of steps.
        int turned = sides is 4 or 6 ? 60 / sides : 0;
        var corners = new (int X, int Y)[sides];
        for (int i = 0; i < sides; i++)
            corners[i] = Canvas.Around(45, 45 + (sides is 3 ? 8 : 0), 44, turned + (i * 120 / sides));
        drawing.FillPolygon(color, corners);
    }

    private static string Fraction(int numerator, int denominator) => string.Create(CultureInfo.InvariantCulture, $"{numerator}/{denominator}");

    private static string Time(int hour) => string.Create(CultureInfo.InvariantCulture, $"{hour}:00");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
