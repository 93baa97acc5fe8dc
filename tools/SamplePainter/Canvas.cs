namespace TinyGptV.SamplePainter;

/// <summary>
/// A pixel canvas. Draws with integers only and without antialiasing, so that a picture has the same bits everywhere. A null pixel is transparent.
/// </summary>
internal sealed class Canvas(int width, int height)
{
    // Sines of 0, 3, 6 .. 90 degrees in ten-thousandths: floating-point sines may differ between machines in the last bit.
    private static readonly int[] Sines =
    [
        0, 523, 1045, 1564, 2079, 2588, 3090, 3584, 4067, 4540, 5000, 5446, 5878, 6293, 6691, 7071,
        7431, 7771, 8090, 8387, 8660, 8910, 9135, 9336, 9511, 9659, 9781, 9877, 9945, 9986, 10000,
    ];

    private readonly Rgb?[] _pixels = new Rgb?[width * height];

    public int Width => width;

    public int Height => height;

    public Rgb? this[int x, int y] => _pixels[(y * width) + x];

    /// <summary>The point at a distance from a centre; the angle is in steps of 3 degrees, clockwise from straight up.</summary>
    public static (int X, int Y) Around(int x, int y, int distance, int step) =>
        (x + Rounded(distance * Sine(step)), y - Rounded(distance * Sine(step + 30)));

    public void Set(int x, int y, Rgb color)
    {
        if (x >= 0 && x < width && y >= 0 && y < height)
            _pixels[(y * width) + x] = color;
    }

    public void Clear(Box box)
    {
        for (int y = box.Top; y < box.Bottom; y++)
            Array.Clear(_pixels, (y * width) + box.Left, box.Width);
    }

    public void FillBox(Box box, Rgb color)
    {
        for (int y = box.Top; y < box.Bottom; y++)
        {
            for (int x = box.Left; x < box.Right; x++)
                Set(x, y, color);
        }
    }

    /// <summary>Fills the ellipse that touches the sides of a box.</summary>
    public void FillEllipse(Box box, Rgb color)
    {
        // Twice the distance from the centre, so that centres between two pixels stay integers.
        long w = box.Width, h = box.Height;
        for (int y = box.Top; y < box.Bottom; y++)
        {
            for (int x = box.Left; x < box.Right; x++)
            {
                long dx = (2 * x) + 1 - (box.Left + box.Right), dy = (2 * y) + 1 - (box.Top + box.Bottom);
                if ((dx * dx * h * h) + (dy * dy * w * w) <= w * w * h * h)
                    Set(x, y, color);
            }
        }
    }

    public void FillCircle(int x, int y, int radius, Rgb color) => FillEllipse(new Box(x - radius, y - radius, x + radius + 1, y + radius + 1), color);

    /// <summary>Fills a polygon by the even-odd rule at pixel centres.</summary>
    public void FillPolygon(Rgb color, params ReadOnlySpan<(int X, int Y)> corners)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (IsInside(x, y, corners))
                    Set(x, y, color);
            }
        }
    }

    /// <summary>Draws a straight line of square dots.</summary>
    public void Line((int X, int Y) from, (int X, int Y) to, int thickness, Rgb color)
    {
        int steps = Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y));
        for (int i = 0; i <= steps; i++)
        {
            int x = from.X + Divided((to.X - from.X) * i, steps), y = from.Y + Divided((to.Y - from.Y) * i, steps);
            int left = x - (thickness / 2), top = y - (thickness / 2);
            FillBox(new Box(left, top, left + thickness, top + thickness), color);
        }
    }

    /// <summary>Draws another canvas on top, with a thin dark outline around its opaque pixels.</summary>
    public void Stamp(Canvas drawing, int left, int top)
    {
        for (int y = -1; y <= drawing.Height; y++)
        {
            for (int x = -1; x <= drawing.Width; x++)
            {
                if (drawing.Find(x, y) is { } color)
                    Set(left + x, top + y, color);
                else if ((drawing.Find(x - 1, y) ?? drawing.Find(x + 1, y) ?? drawing.Find(x, y - 1) ?? drawing.Find(x, y + 1)) is not null)
                    Set(left + x, top + y, Colors.Outline);
            }
        }
    }

    private static bool IsInside(int x, int y, ReadOnlySpan<(int X, int Y)> corners)
    {
        bool inside = false;
        int px = (2 * x) + 1, py = (2 * y) + 1;
        for (int i = 0, j = corners.Length - 1; i < corners.Length; j = i++)
        {
            int ax = 2 * corners[i].X, ay = 2 * corners[i].Y, bx = 2 * corners[j].X, by = 2 * corners[j].Y;
            if (ay > py == by > py)
                continue;
            // Tests whether the crossing is to the right of the centre, multiplied out to avoid division.
            long side = ((long)(bx - ax) * (py - ay)) - ((long)(px - ax) * (by - ay));
            if (by > ay ? side > 0 : side < 0)
                inside = !inside;
        }

        return inside;
    }

    private static int Sine(int step)
    {
        int turn = ((step % 120) + 120) % 120;
        return turn switch
        {
            <= 30 => Sines[turn],
            <= 60 => Sines[60 - turn],
            <= 90 => -Sines[turn - 60],
            _ => -Sines[120 - turn],
        };
    }

    private static int Rounded(int tenThousandths) => Divided(tenThousandths, 10000);

    private static int Divided(int value, int divisor) =>
        divisor == 0 ? 0 : ((2 * Math.Abs(value)) + divisor) / (2 * divisor) * Math.Sign(value);

    private Rgb? Find(int x, int y) => x >= 0 && x < width && y >= 0 && y < height ? _pixels[(y * width) + x] : null;
}
