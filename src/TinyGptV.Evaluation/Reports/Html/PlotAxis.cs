using System.Globalization;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>A horizontal axis of percentages. Positions are in percent of the plot's width, so that plots fit any page.</summary>
/// <param name="Low">The value at the left end, a fraction of 1.</param>
/// <param name="High">The value at the right end.</param>
internal readonly record struct PlotAxis(double Low, double High)
{
    private const double Margin = 3;
    private const double Step = 0.1;

    /// <summary>From zero, as bars need it: to 100 %, or further where scores count twice.</summary>
    public static PlotAxis FromZero(IEnumerable<double> values) => new(0, Math.Max(1, RoundUp(values.DefaultIfEmpty(0).Max())));

    /// <summary>Just wide enough for the values, at full tens.</summary>
    public static PlotAxis Around(IReadOnlyCollection<double> values)
    {
        double low = Math.Floor(Math.Round(values.Min() / Step, 9)) * Step;
        double high = RoundUp(values.Max());
        return new PlotAxis(low, high > low ? high : low + Step);
    }

    /// <summary>Full tens, at most six of them.</summary>
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

    /// <summary>Where a value lies, as an SVG length; values beyond an end lie at it.</summary>
    public string X(double value) => Length(Position(value));

    /// <summary>How far two values lie apart, as an SVG length.</summary>
    public string Width(double from, double to) => Length(Position(to) - Position(from));

    private double Position(double value) => Margin + (Math.Clamp((value - Low) / (High - Low), 0, 1) * (100 - (2 * Margin)));

    private static string Length(double percent) => percent.ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static double RoundUp(double value) => Math.Ceiling(Math.Round(value / Step, 9)) * Step;
}
