namespace TinyGptV.SamplePainter;

/// <summary>The things in pictures.</summary>
internal static class Icons
{
    public static readonly IReadOnlyList<Icon> All =
    [
        new("ball", "balls", 27, 27, DrawBall),
        new("box", "boxes", 28, 26, DrawBox),
        new("star", "stars", 31, 30, DrawStar),
        new("house", "houses", 31, 33, DrawHouse),
        new("car", "cars", 33, 21, DrawCar),
        new("cup", "cups", 29, 25, DrawCup),
        new("fish", "fish", 33, 21, DrawFish),
        new("mushroom", "mushrooms", 29, 29, DrawMushroom),
        new("flower", "flowers", 27, 34, DrawFlower),
        new("boat", "boats", 35, 32, DrawBoat),
        new("umbrella", "umbrellas", 33, 34, DrawUmbrella),
        new("tree", "trees", 27, 34, DrawTree),
    ];

    private static void DrawBall(Canvas c, Rgb color)
    {
        c.FillEllipse(new Box(0, 0, 27, 27), color);
        c.FillEllipse(new Box(6, 5, 12, 11), Colors.White);
    }

    private static void DrawBox(Canvas c, Rgb color)
    {
        c.FillBox(new Box(0, 0, 28, 8), color);
        c.FillBox(new Box(2, 8, 26, 26), color);
        c.FillBox(new Box(4, 8, 24, 9), Colors.Outline);
        c.FillBox(new Box(10, 13, 18, 19), Colors.Cream);
    }

    private static void DrawStar(Canvas c, Rgb color)
    {
        var corners = new (int X, int Y)[10];
        for (int i = 0; i < corners.Length; i++)
            corners[i] = Canvas.Around(16, 17, i % 2 == 0 ? 17 : 7, i * 12);
        c.FillPolygon(color, corners);
    }

    private static void DrawHouse(Canvas c, Rgb color)
    {
        c.FillPolygon(color, (16, 0), (31, 14), (27, 14), (27, 33), (4, 33), (4, 14), (0, 14));
        c.FillBox(new Box(8, 17, 14, 23), Colors.Glass);
        c.FillBox(new Box(17, 19, 24, 33), Colors.Cream);
        c.FillBox(new Box(22, 26, 23, 27), Colors.Outline);
    }

    private static void DrawCar(Canvas c, Rgb color)
    {
        c.FillPolygon(color, (8, 1), (22, 1), (28, 8), (32, 9), (33, 17), (0, 17), (0, 9), (4, 8));
        c.FillPolygon(Colors.Glass, (10, 3), (14, 3), (14, 8), (7, 8));
        c.FillPolygon(Colors.Glass, (17, 3), (21, 3), (25, 8), (17, 8));
        foreach (int x in (int[])[8, 25])
        {
            c.FillCircle(x, 16, 4, Colors.Outline);
            c.FillCircle(x, 16, 1, Colors.Cream);
        }
    }

    private static void DrawCup(Canvas c, Rgb color)
    {
        c.FillEllipse(new Box(15, 5, 29, 19), color);
        c.FillEllipse(new Box(18, 8, 26, 16), Colors.Cream);
        c.FillPolygon(color, (0, 0), (23, 0), (20, 25), (3, 25));
        c.FillBox(new Box(3, 3, 20, 5), Colors.Cream);
    }

    private static void DrawFish(Canvas c, Rgb color)
    {
        c.FillPolygon(color, (20, 10), (33, 1), (30, 10), (33, 20));
        c.FillEllipse(new Box(0, 1, 26, 20), color);
        c.FillCircle(7, 8, 2, Colors.White);
        c.FillBox(new Box(6, 8, 8, 10), Colors.Outline);
        c.Line((13, 7), (15, 10), 1, Colors.Outline);
        c.Line((15, 10), (13, 13), 1, Colors.Outline);
    }

    private static void DrawMushroom(Canvas c, Rgb color)
    {
        c.FillEllipse(new Box(0, 0, 29, 30), color);
        c.Clear(new Box(0, 16, 29, 29));
        c.FillPolygon(Colors.Cream, (11, 16), (18, 16), (20, 29), (9, 29));
        c.FillCircle(9, 8, 2, Colors.White);
        c.FillCircle(19, 6, 2, Colors.White);
        c.FillCircle(22, 12, 1, Colors.White);
        c.FillCircle(14, 12, 1, Colors.White);
    }

    private static void DrawFlower(Canvas c, Rgb color)
    {
        c.FillBox(new Box(12, 22, 15, 34), Colors.Leaf);
        c.FillPolygon(Colors.Leaf, (14, 33), (17, 27), (24, 25), (21, 31));
        for (int i = 0; i < 6; i++)
        {
            (int x, int y) = Canvas.Around(13, 13, 8, i * 20);
            c.FillCircle(x, y, 5, color);
        }

        c.FillCircle(13, 13, 4, Colors.Cream);
    }

    private static void DrawBoat(Canvas c, Rgb color)
    {
        c.FillPolygon(color, (0, 22), (35, 22), (28, 32), (7, 32));
        c.FillBox(new Box(17, 0, 19, 22), Colors.Outline);
        c.FillPolygon(Colors.White, (20, 2), (33, 19), (20, 19));
        c.FillPolygon(Colors.Cream, (16, 5), (16, 19), (5, 19));
    }

    private static void DrawUmbrella(Canvas c, Rgb color)
    {
        c.FillEllipse(new Box(0, 0, 33, 34), color);
        c.Clear(new Box(0, 17, 33, 34));
        foreach (int x in (int[])[2, 13, 24])
            c.Clear(new Box(x, 15, x + 7, 17));
        c.FillBox(new Box(16, 15, 18, 31), Colors.Outline);
        c.FillBox(new Box(11, 31, 18, 33), Colors.Outline);
        c.FillBox(new Box(11, 29, 13, 32), Colors.Outline);
    }

    private static void DrawTree(Canvas c, Rgb color)
    {
        c.FillBox(new Box(11, 21, 16, 34), Colors.Wood);
        c.FillPolygon(color, (14, 0), (23, 11), (19, 11), (27, 23), (0, 23), (8, 11), (4, 11));
    }
}
