using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports.Html;

/// <summary>Draws one line of a plot into a table cell. Screen readers skip the drawing, since the numbers are in the cells beside it.</summary>
internal static class PlotCell
{
    private const string Open = "<svg class=\"plot\" width=\"100%\" height=\"22\" aria-hidden=\"true\" focusable=\"false\">";

    /// <summary>The axis labels, for the heading of the plot column.</summary>
    public static string Scale(PlotAxis axis) =>
        Open + string.Concat(axis.Ticks.Select(tick => $"<text x=\"{axis.X(tick)}\" y=\"15\">{ReportNumber.Whole(tick)}</text>")) + "</svg>";

    /// <summary>A dot with a whisker over the 95 % interval.</summary>
    /// <param name="axis">The axis.</param>
    /// <param name="value">The value.</param>
    /// <param name="interval">The interval; null if unknown.</param>
    /// <param name="style">The CSS class: <c>own</c>, <c>paper</c> or <c>other</c>.</param>
    public static string Dot(PlotAxis axis, double value, Interval? interval, string style) =>
        $"{Open}{Grid(axis)}<g class=\"{style}\">{Whisker(axis, interval)}<circle cx=\"{axis.X(value)}\" cy=\"11\" r=\"4.5\"/></g></svg>";

    /// <summary>A bar from zero with a whisker over the 95 % interval.</summary>
    public static string Bar(PlotAxis axis, double value, Interval? interval) =>
        $"{Open}{Grid(axis)}<g class=\"bar\"><rect x=\"{axis.X(0)}\" y=\"5\" width=\"{axis.Width(0, value)}\" height=\"12\" rx=\"2\"/>"
        + $"{Whisker(axis, interval)}</g></svg>";

    private static string Whisker(PlotAxis axis, Interval? interval)
    {
        if (interval is not { } known)
            return "";
        (string low, string high) = (axis.X(known.Low), axis.X(known.High));
        return $"<line x1=\"{low}\" x2=\"{high}\" y1=\"11\" y2=\"11\"/><line x1=\"{low}\" x2=\"{low}\" y1=\"7\" y2=\"15\"/>"
            + $"<line x1=\"{high}\" x2=\"{high}\" y1=\"7\" y2=\"15\"/>";
    }

    private static string Grid(PlotAxis axis) =>
        $"<g class=\"grid\">{string.Concat(axis.Ticks.Select(tick => $"<line x1=\"{axis.X(tick)}\" x2=\"{axis.X(tick)}\" y1=\"0\" y2=\"22\"/>"))}</g>";
}
