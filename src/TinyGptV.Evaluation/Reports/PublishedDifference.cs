using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>
/// The run's result less a published one, and its sampling error. The published answers are unknown, so the two are treated as results on independent samples.
/// A difference larger than this error is real; a smaller one may still be.
/// </summary>
/// <param name="Value">The difference, as a fraction of 1.</param>
/// <param name="PublishedHalfWidth">Half the width of the published result's 95 % interval, assuming independent binary samples.</param>
/// <param name="HalfWidth">Half the width of the difference's 95 % interval, from the wider side of the run's interval; null if the run has none.</param>
public sealed record PublishedDifference(double Value, double PublishedHalfWidth, double? HalfWidth)
{
    /// <summary>Half the width of a 95 % interval in standard errors.</summary>
    private const double StandardErrors = 1.959963984540054;

    /// <summary>Whether the difference is larger than the sampling error of both; null if unknown.</summary>
    public bool? IsLarger => HalfWidth is { } halfWidth ? Math.Abs(Value) > halfWidth : null;

    internal static PublishedDifference? Of(Measurement ours, double published, int samples) => ours.Value is { } value && samples > 0
        ? Of(value, ours.Reach, published, StandardErrors * Math.Sqrt(published * (1 - published) / samples))
        : null;

    private static PublishedDifference Of(double value, double? halfWidth, double published, double publishedHalfWidth) =>
        new(value - published, publishedHalfWidth, halfWidth is { } own ? Math.Sqrt((own * own) + (publishedHalfWidth * publishedHalfWidth)) : null);
}
