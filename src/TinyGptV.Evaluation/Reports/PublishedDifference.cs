using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>
/// Our result less a published one, and how large such a difference comes about by the choice of samples alone. The published answers are not known, so the two
/// are taken for results on different samples of the same kind: a difference found to be larger than this error is one, a smaller one may still be.
/// </summary>
/// <param name="Value">The difference, as a fraction of 1.</param>
/// <param name="PublishedHalfWidth">Half the width of the published result's 95 % interval, as if each sample were right or wrong and a draw of its own.</param>
/// <param name="HalfWidth">How far the difference's 95 % interval reaches, from the wider side of ours; null if ours has no interval.</param>
public sealed record PublishedDifference(double Value, double PublishedHalfWidth, double? HalfWidth)
{
    /// <summary>How many standard errors half the width of a 95 % interval has.</summary>
    private const double StandardErrors = 1.959963984540054;

    /// <summary>Whether the difference is larger than the sampling error of both; null if ours is not known.</summary>
    public bool? IsLarger => HalfWidth is { } halfWidth ? Math.Abs(Value) > halfWidth : null;

    internal static PublishedDifference? Of(Measurement ours, double published, int samples) => ours.Value is { } value && samples > 0
        ? Of(value, ours.Reach, published, StandardErrors * Math.Sqrt(published * (1 - published) / samples))
        : null;

    private static PublishedDifference Of(double value, double? halfWidth, double published, double publishedHalfWidth) =>
        new(value - published, publishedHalfWidth, halfWidth is { } own ? Math.Sqrt((own * own) + (publishedHalfWidth * publishedHalfWidth)) : null);
}
