using System.Globalization;

namespace TinyGptV.SamplePainter;

/// <summary>Problems solved by counting things in rows.</summary>
internal static class CountingProblems
{
    private const int Columns = 4;
    private const int CellWidth = 39;
    private const int CellHeight = 39;

    public static IconQaProblem CountOneKind(RandomPicks random)
    {
        int count = random.Between(1, 12);
        Icon icon = random.Pick(Icons.All);
        NamedColor color = random.Pick(Colors.Named);
        Canvas picture = DrawCells(random.Between(0, 1) == 0 ? Scattered(random, count) : [.. Enumerable.Range(0, count)], _ => (icon, color));
        return new IconQaProblem(
            $"How many {icon.Plural} are there?", Numbers(random, count, random.Between(3, 5)), Text(count), ["counting"], "prek", picture);
    }

    public static IconQaProblem CountOneOfTwoKinds(RandomPicks random)
    {
        int count = random.Between(2, 7), others = random.Between(2, 5);
        List<Icon> icons = random.Draw(Icons.All, 2);
        List<NamedColor> colors = random.Draw(Colors.Named, 2);
        List<int> cells = Scattered(random, count + others);
        Canvas picture = DrawCells(cells, i => i < count ? (icons[0], colors[0]) : (icons[1], colors[1]));
        return new IconQaProblem(
            $"How many {icons[0].Plural} are there?", Numbers(random, count, 4), Text(count), ["counting"], "kindergarten", picture);
    }

    public static IconQaProblem WhichIsMore(RandomPicks random)
    {
        List<Icon> icons = random.Draw(Icons.All, 2);
        List<NamedColor> colors = random.Draw(Colors.Named, 2);
        List<int> counts = random.Draw([1, 2, 3, 4], 2);
        bool more = random.Below(2) == 0;
        Icon answer = icons[(counts[0] > counts[1]) == more ? 0 : 1];
        return new IconQaProblem(
            more ? "Which are there more of?" : "Which are there fewer of?",
            random.Shuffle([icons[0].Plural, icons[1].Plural]), answer.Plural, ["comparing", "counting"], "prek", DrawTwoRows(icons, colors, counts));
    }

    public static IconQaProblem IsThereOneForEach(RandomPicks random)
    {
        List<Icon> icons = random.Draw(Icons.All, 2);
        List<NamedColor> colors = random.Draw(Colors.Named, 2);
        List<int> counts = [random.Between(2, 4), random.Between(1, 4)];
        return new IconQaProblem(
            $"Are there enough {icons[1].Plural} for every {icons[0].Name}?",
            ["yes", "no"], counts[1] >= counts[0] ? "yes" : "no", ["comparing", "counting", "commonsense"], "kindergarten", DrawTwoRows(icons, colors, counts));
    }

    private static Canvas DrawTwoRows(List<Icon> icons, List<NamedColor> colors, List<int> counts)
    {
        List<int> cells = [.. Enumerable.Range(0, counts[0]), .. Enumerable.Range(2 * Columns, counts[1])];
        Canvas picture = DrawCells(cells, i => i < counts[0] ? (icons[0], colors[0]) : (icons[1], colors[1]));
        picture.FillBox(new Box(8, 59, 152, 60), Colors.Outline);
        return picture;
    }

    private static Canvas DrawCells(List<int> cells, Func<int, (Icon Icon, NamedColor Color)> thing)
    {
        Canvas picture = Page.Blank();
        for (int i = 0; i < cells.Count; i++)
        {
            (Icon icon, NamedColor color) = thing(i);
            int left = 2 + (cells[i] % Columns * CellWidth) + ((CellWidth - icon.Width - 2) / 2);
            int top = 1 + (cells[i] / Columns * CellHeight);
            icon.StampOn(picture, color.Rgb, left, top + CellHeight - ((CellHeight - icon.Height - 2) / 2));
        }

        return picture;
    }

    private static List<int> Scattered(RandomPicks random, int count) => random.Draw(Enumerable.Range(0, 3 * Columns), count);

    /// <summary>The correct number and its neighbours, in ascending order.</summary>
    private static List<string> Numbers(RandomPicks random, int right, int choices)
    {
        int first = Math.Max(1, right - random.Below(choices));
        return [.. Enumerable.Range(first, choices).Select(Text)];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
