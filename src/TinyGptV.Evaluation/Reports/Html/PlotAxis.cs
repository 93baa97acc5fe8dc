using System.Globalization;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>A horizontal axis of percentages. Positions are in percent of the plot's width, so that plots fit any page.</summary>
/// <param name="Low">The value at the left end, a fraction of 1.</param>
/// <param name="High">The value at the right end.</param>
internal readonly record struct PlotAxis(double Low, double High)
{
    private const double Margin = 3;
    private const double Step = 0.1;

    /// <summary>From zero, for bars: to 100 %, or further if scores exceed 1.</summary>
    public static PlotAxis FromZero(IEnumerable<double> values) => new(0, Math.Max(1, RoundUp(values.DefaultIfEmpty(0).Max())));

    /// <summary>Just wide enough for the values, at multiples of ten.</summary>
    public static PlotAxis Around(IReadOnlyCollection<double> values)
    {
        double low = Math.Floor(Math.Round(values.Min() / Step, 9)) * Step;
        double high = RoundUp(values.Max());
        return new PlotAxis(low, high > low ? high : low + Step);
    }

    /// <summary>Multiples of ten, at most six.</summary>
    public IEnumerable<double> Ticks
    {
        get
        {
            int tens = (int)Math.Round((High - Low) / Step);
            int every = Math.Max(1, (int)Math.Ceiling(tens / 5.0));
            double low = Low;
            return Enumerable.Range(0, (tens / every) + 1).Select(tick => low + (tick * every * Step));
        }
    }

    /// <summary>The position of a value as an SVG length, clamped to the axis.</summary>
    public string X(double value) => Length(Position(value));

    /// <summary>The distance between two values as an SVG length.</summary>
    public string Width(double from, double to) => Length(Position(to) - Position(from));

    private double Position(double value) => Margin + (Math.Clamp((value - Low) / (High - Low), 0, 1) * (100 - (2 * Margin)));

    private static string Length(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static double RoundUp(double value) => Math.Ceiling(Math.Round(value / Step, 9)) * Step;
}
