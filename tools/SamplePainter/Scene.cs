namespace TinyGptV.SamplePainter;

/// <summary>A thing in a picture. All things in a scene are of different kinds.</summary>
internal sealed record SceneThing(Icon Icon, NamedColor Color, Box Box)
{
    public string Name => Icon.Name;
}

/// <summary>The direction of one thing from another.</summary>
internal enum Direction
{
    Left,
    Right,
    Above,
    Below,
}

/// <summary>A picture and what it shows: the ground truth for questions and answers.</summary>
internal sealed record Scene(IReadOnlyList<SceneThing> Things, Canvas Picture)
{
    private const int Width = 160;
    private const int Height = 120;
    private const int Columns = 3;
    private const int Rows = 2;
    private const int CellWidth = 50;
    private const int ShelfDistance = 52;

    /// <summary>Three or four things of different kinds, on two shelves or on a board.</summary>
    public static Scene Compose(RandomPicks random)
    {
        Canvas canvas = new(Width, Height);
        bool shelves = random.Below(3) > 0;
        DrawRoom(canvas, random.Pick(Colors.Pastels), shelves);
        List<Icon> icons = random.Draw(Icons.All, random.Between(3, 4));
        List<int> cells = random.Draw(Enumerable.Range(0, Columns * Rows), icons.Count);
        // Half of the scenes have two things of the same colour, for questions about it.
        List<NamedColor> palette = random.Draw(Colors.Named, icons.Count);
        if (random.Below(2) == 0)
            palette[0] = palette[1];
        List<SceneThing> things = [];
        for (int i = 0; i < icons.Count; i++)
        {
            int left = 6 + (cells[i] % Columns * CellWidth) + ((CellWidth - icons[i].Width - 2) / 2) + random.Between(-3, 3);
            int bottom = BottomOf(cells[i] / Columns) - (shelves ? 0 : random.Between(3, 8));
            things.Add(new SceneThing(icons[i], palette[i], icons[i].StampOn(canvas, palette[i].Rgb, left, bottom)));
        }

        return new Scene(things, canvas);
    }

    /// <summary>True if one thing clearly lies in a direction from another: there is a gap between them.</summary>
    public static bool Holds(SceneThing thing, Direction direction, SceneThing from) => direction switch
    {
        Direction.Left => thing.Box.IsLeftOf(from.Box),
        Direction.Right => from.Box.IsLeftOf(thing.Box),
        Direction.Above => thing.Box.IsAbove(from.Box),
        _ => from.Box.IsAbove(thing.Box),
    };

    public static Direction Opposite(Direction direction) => direction switch
    {
        Direction.Left => Direction.Right,
        Direction.Right => Direction.Left,
        Direction.Above => Direction.Below,
        _ => Direction.Above,
    };

    private static int BottomOf(int row) => 54 + (row * ShelfDistance);

    private static void DrawRoom(Canvas canvas, Rgb wall, bool shelves)
    {
        canvas.FillBox(new Box(0, 0, Width, Height), wall);
        if (!shelves)
        {
            canvas.FillBox(new Box(0, 0, Width, Height), Colors.Wood);
            canvas.FillBox(new Box(4, 4, Width - 4, Height - 4), wall);
            return;
        }

        for (int row = 0; row < Rows; row++)
        {
            canvas.FillBox(new Box(4, BottomOf(row), Width - 4, BottomOf(row) + 4), Colors.Wood);
            canvas.FillBox(new Box(4, BottomOf(row) + 4, Width - 4, BottomOf(row) + 5), Colors.Outline);
        }
    }
}
