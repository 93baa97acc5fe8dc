using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// A mean with a cluster-robust error: all questions about an image count as one draw. <c>docs/statistics.md</c> has the formulas and the coverage of the
/// intervals.
/// </summary>
public sealed record ClusteredMean
{
    /// <summary>How many samples there are.</summary>
    public required int Samples { get; init; }

    /// <summary>How many clusters there are.</summary>
    public required int Clusters { get; init; }

    /// <summary>The mean over all samples, equally weighted; null without samples.</summary>
    public double? Value { get; init; }

    /// <summary>The standard error of the mean; null with fewer than two clusters.</summary>
    public double? StandardError { get; init; }

    /// <summary>The 95 % confidence interval of the mean, within the range of scores; null with fewer than two clusters.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Whether the images are too few or too unequal for <see cref="Interval"/> to be reliable.</summary>
    public bool IsUnreliable { get; init; }

    /// <summary>The mean of non-negative scores.</summary>
    /// <param name="scores">Each sample's image and score, in any order.</param>
    /// <param name="missing">How many samples have no score; each scores 0, in its own cluster. Default: none.</param>
    /// <returns>The mean with its error. The range of scores is 0 to 1, or to the highest score if larger.</returns>
    public static ClusteredMean Of(IEnumerable<(ImageReference Image, double Score)> scores, int missing = 0)
    {
        ArgumentNullException.ThrowIfNull(scores);
        List<(ImageReference Image, double Score)> all = [.. scores];
        double highest = Math.Max(1, all.Select(one => one.Score).DefaultIfEmpty().Max());
        var kind = new ScoreRange(highest, IsGraded: all.Exists(one => one.Score != 0 && one.Score != highest));
        return Of(ClusterTotal.Of(all, missing), all.Sum(one => one.Score), kind);
    }

    /// <summary>The mean as a measurement.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <returns>The measurement.</returns>
    public Measurement ToMeasurement(string metric) => new(metric, Samples, Value)
    {
        StandardError = StandardError,
        Interval = Interval,
        Caution = Interval is not null && IsUnreliable ? Measurement.FewImages : null,
    };

    internal static ClusteredMean Of(ReadOnlySpan<ClusterTotal> clusters, double sum, ScoreRange range)
    {
        if (clusters.IsEmpty)
            return new ClusteredMean { Samples = 0, Clusters = 0 };
        ClusterSpread spread = ClusterSpread.Of(clusters);
        double mean = sum / spread.Samples;
        var plain = new ClusteredMean { Samples = spread.Samples, Clusters = clusters.Length, Value = mean };
        return spread.Clusters < 2 ? plain : plain with
        {
            StandardError = Math.Sqrt(spread.Variance),
            Interval = IntervalOf(mean, spread, range),
            IsUnreliable = spread.IsTooUneven(mean / range.Highest, range.IsGraded),
        };
    }

    private static Interval IntervalOf(double mean, ClusterSpread spread, ScoreRange range)
    {
        double part = mean / range.Highest;
        double samples = EffectiveSamples(part, spread.Variance / (range.Highest * range.Highest), spread) * spread.Caution(range.IsGraded);
        Interval wilson = WilsonInterval.Of(part, samples);
        return new Interval(Math.Min(wilson.Low, part) * range.Highest, Math.Max(wilson.High, part) * range.Highest);
    }

    /// <summary>
    /// How many independent binary samples would have this variance. If nothing varies, as at 0 % and 100 %, the number of images, since samples of one image
    /// could be identical.
    /// </summary>
    private static double EffectiveSamples(double part, double variance, ClusterSpread spread)
    {
        double binomial = part * (1 - part) / (spread.Samples - 1);
        return binomial <= 0 || variance <= 1e-12 * binomial ? spread.Clusters : spread.Samples * binomial / variance;
    }
}
