using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>Compares two means over the same samples, sample by sample and clustered by image.</summary>
internal static class PairedMean
{
    /// <summary>Compares two means.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="pairs">The samples in both runs, in any order.</param>
    /// <param name="draws">The number of bootstrap draws for graded scores. Default: <see cref="PairedBootstrap.Replicates"/>.</param>
    public static MetricDifference Compare(string metric, ImmutableArray<PairedScore> pairs, int draws = PairedBootstrap.Replicates)
    {
        if (pairs.IsEmpty)
            return new MetricDifference { Metric = metric, Samples = 0, Images = 0 };
        pairs = [.. pairs.OrderBy(pair => pair.Image.Path, StringComparer.Ordinal).ThenBy(pair => pair.A).ThenBy(pair => pair.B)];
        ClusterTotal[] changes = ClusterTotal.Of(pairs.Select(pair => (pair.Image, pair.Change)), missing: 0);
        bool isGraded = pairs.Any(pair => pair.A is not (0 or 1) || pair.B is not (0 or 1));
        int better = pairs.Count(pair => pair.Change > 0), worse = pairs.Count(pair => pair.Change < 0);
        var plain = new MetricDifference
        {
            Metric = metric,
            Samples = pairs.Length,
            Images = changes.Length,
            A = pairs.Sum(pair => pair.A) / pairs.Length,
            B = pairs.Sum(pair => pair.B) / pairs.Length,
            Difference = pairs.Sum(pair => pair.Change) / pairs.Length,
            Better = better,
            Worse = worse,
            Same = pairs.Length - better - worse,
            McNemarPValue = isGraded ? null : McNemarTest.PValue(better, worse),
        };
        return changes.Length < 2 ? plain : WithError(plain, pairs, changes, isGraded) with
        {
            Test = isGraded ? PairedTest.Bootstrap : changes.Length == pairs.Length ? PairedTest.McNemar : PairedTest.SignFlips,
            PValue = isGraded ? PairedBootstrap.PValue(changes, draws) : SignFlipTest.PValue(changes.Select(change => (int)Math.Round(change.Sum))),
        };
    }

    private static MetricDifference WithError(MetricDifference plain, ImmutableArray<PairedScore> pairs, ClusterTotal[] changes, bool isGraded)
    {
        ClusterSpread spread = ClusterSpread.Of(changes);
        double highest = Math.Max(1, pairs.Max(pair => Math.Max(pair.A, pair.B)));
        double difference = plain.Difference!.Value / highest;
        double square = pairs.Sum(pair => pair.Change * pair.Change) / pairs.Length / (highest * highest);
        double change = plain.Same == pairs.Length ? 1 : square * pairs.Length / (pairs.Length - plain.Same!.Value);
        double samples = EffectiveSamples(square - difference * difference, spread.Variance / (highest * highest), spread);
        return plain with
        {
            StandardError = Math.Sqrt(spread.Variance),
            Interval = IntervalOf(difference, square, change, samples * spread.Caution(isGraded), highest),
            Detectable = DetectableDifference.Of(samples, square) * highest,
        };
    }

    /// <summary>How many independent samples would have this variance; if nothing varies, the number of images.</summary>
    private static double EffectiveSamples(double varianceOfOne, double variance, ClusterSpread spread)
    {
        double independent = varianceOfOne / (spread.Samples - 1);
        return independent <= 0 || variance <= 1e-12 * independent ? spread.Clusters : spread.Samples * independent / variance;
    }

    /// <summary>
    /// The interval of Bonett and Price (2012) for two paired proportions, which has a width even if no sample changed. It adds two samples, one that got
    /// better and one that got worse, each by a typical change.
    /// </summary>
    /// <param name="difference">The mean change.</param>
    /// <param name="square">The mean squared change over all samples.</param>
    /// <param name="change">The mean squared change over samples that changed.</param>
    /// <param name="samples">The effective number of samples.</param>
    /// <param name="highest">The highest score, the unit of the other values.</param>
    private static Interval IntervalOf(double difference, double square, double change, double samples, double highest)
    {
        double centre = difference * samples / (samples + 2), adjusted = (square * samples + 2 * change) / (samples + 2);
        double half = StudentT.Normal * Math.Sqrt((adjusted - centre * centre) / (samples + 2));
        return new Interval(
            Math.Min(difference, Math.Max(-1, centre - half)) * highest,
            Math.Max(difference, Math.Min(1, centre + half)) * highest);
    }
}
