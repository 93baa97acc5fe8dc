using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>Compares a metric other than a mean in two runs: it resamples images and computes the metric of both runs on every draw.</summary>
internal static class PairedResampling
{
    /// <summary>Compares a metric.</summary>
    /// <param name="metric">The metric's name.</param>
    /// <param name="images">Each sample's image.</param>
    /// <param name="a">The metric in the first run; null if not available.</param>
    /// <param name="b">The metric in the second run.</param>
    public static MetricDifference Compare(string metric, ImmutableArray<ImageReference> images, ResampledStatistic? a, ResampledStatistic? b)
    {
        int[] once = [.. Enumerable.Repeat(1, images.Length)];
        var plain = new MetricDifference
        {
            Metric = metric,
            Samples = images.Length,
            Images = images.Distinct().Count(),
            A = a?.Invoke(once),
            B = b?.Invoke(once),
        };
        if (images.IsEmpty)
            return plain;
        if (plain.A is not { } first || plain.B is not { } second)
            return plain with { Unavailable = "the metric is not available in both runs" };
        double difference = second - first;
        plain = plain with { Difference = difference };
        double[] drawn = ClusterBootstrap.Draw(images, counts => b!(counts) - a!(counts));
        if (ClusterBootstrap.SpreadOf(drawn) is not var (error, interval))
            return plain;
        return plain with
        {
            StandardError = error,
            Interval = interval,
            Test = PairedTest.Bootstrap,
            PValue = difference == 0 ? 1 : (drawn.Count(value => Math.Abs(value - difference) >= Math.Abs(difference)) + 1.0) / (drawn.Length + 1),
            Detectable = DetectableDifference.OfError(error),
        };
    }
}
