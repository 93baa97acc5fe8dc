namespace TinyGptV.SamplePainter;

/// <summary>Problems about the positions and order of things.</summary>
internal static class PlaceProblems
{
    /// <summary>Things in the four corners: each has one neighbour to the side and one above or below.</summary>
    public static IconQaProblem WhatIsOnASide(RandomPicks random)
    {
        List<Icon> icons = random.Draw(Icons.All, 4);
        List<NamedColor> colors = random.Draw(Colors.Named, 4);
        Canvas picture = Page.Blank();
        picture.FillBox(new Box(79, 6, 81, 114), Colors.Glass);
        picture.FillBox(new Box(8, 59, 152, 61), Colors.Glass);
        for (int corner = 0; corner < 4; corner++)
            picture.Put(icons[corner], colors[corner], corner % 2 == 0 ? 42 : 118, corner / 2 == 0 ? 31 : 89);

        int from = random.Below(4);
        bool beside = random.Below(2) == 0;
        int answer = beside ? from ^ 1 : from ^ 2;
        string side = beside ? (from % 2 == 0 ? "right of" : "left of") : (from / 2 == 0 ? "below" : "above");
        return new IconQaProblem(
            $"What is directly {side} the {icons[from].Name}?", [.. random.Shuffle(icons).Where(icon => icon != icons[from]).Select(icon => icon.Name)],
            icons[answer].Name, ["spatial"], "kindergarten", picture);
    }

    public static IconQaProblem WhichIsAtAPlace(RandomPicks random)
    {
        List<Icon> icons = random.Draw(Icons.All, 3);
        List<NamedColor> colors = random.Draw(Colors.Named, 3);
        Canvas picture = Page.Blank();
        picture.FillBox(new Box(8, 80, 152, 84), Colors.Wood);
        for (int i = 0; i < 3; i++)
            icons[i].StampOn(picture, colors[i].Rgb, 30 + (i * 50) - ((icons[i].Width + 2) / 2), 80);

        List<string> questions = ["Which is the first from the left?", "Which is in the middle?", "Which is the first from the right?"];
        int place = random.Below(3);
        return new IconQaProblem(
            questions[place],
            [.. random.Shuffle(icons).Select(icon => icon.Name)], icons[place].Name, ["spatial", "scene"], "prek", picture);
    }

    /// <summary>A repeating row of two or three things, with an empty place at the end.</summary>
    public static IconQaProblem WhatComesNext(RandomPicks random)
    {
        const int shown = 5;
        int period = random.Between(2, 3);
        List<Icon> icons = random.Draw(Icons.All.Where(icon => icon.Width <= 29), period);
        List<NamedColor> colors = random.Draw(Colors.Named, period);
        Canvas row = new(Page.Width, Page.Height);
        row.FillBox(new Box(0, 0, Page.Width, Page.Height), Colors.Paper);
        for (int i = 0; i < shown; i++)
        {
            // Two lines of up to three, read like text.
            row.Put(icons[i % period], colors[i % period], 40 + (i % 3 * 40), 34 + (i / 3 * 52));
        }

        FrameEmptyPlace(row, 40 + (shown % 3 * 40), 34 + (shown / 3 * 52), half: 13);
        return new IconQaProblem(
            "What comes next in the row?", [.. random.Shuffle(icons).Select(icon => icon.Name)], icons[shown % period].Name, ["pattern"], "kindergarten", row);
    }

    private static void FrameEmptyPlace(Canvas picture, int x, int y, int half)
    {
        for (int i = -half; i <= half; i += 6)
        {
            foreach (int side in (int[])[-half, half])
            {
                picture.FillBox(new Box(x + i, y + side, x + i + 3, y + side + 2), Colors.Outline);
                picture.FillBox(new Box(x + side, y + i, x + side + 2, y + i + 3), Colors.Outline);
            }
        }
    }
}
