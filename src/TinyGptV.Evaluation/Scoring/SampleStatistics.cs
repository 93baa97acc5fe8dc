using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Statistics of scored samples, clustered by image.</summary>
public static class SampleStatistics
{
    // With fewer, percentiles of the bootstrap cover too little.
    private const int LeastImages = 100;

    /// <summary>The mean of a value of samples.</summary>
    /// <param name="samples">The samples, in any order.</param>
    /// <param name="valueOf">A sample's value, at least 0; null leaves the sample out.</param>
    /// <param name="missing">How many samples have no prediction; each counts as 0, in its own cluster. Default: none.</param>
    /// <returns>The mean with its error.</returns>
    public static ClusteredMean MeanOf(IEnumerable<ScoredSample> samples, Func<ScoredSample, double?> valueOf, int missing = 0)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var values = samples.Select(sample => (sample.Prediction.Sample.Image, Value: valueOf(sample)));
        return ClusteredMean.Of(values.Where(one => one.Value is not null).Select(one => (one.Image, one.Value!.Value)), missing);
    }

    /// <summary>Adds the bootstrap's standard error and interval to a metric.</summary>
    /// <param name="measurement">The metric over all samples.</param>
    /// <param name="samples">The samples, in any order.</param>
    /// <param name="statistic">The metric as a function of sample counts.</param>
    /// <returns>The measurement with its error; unchanged without a value, with fewer than two images, or if too few draws have the statistic.</returns>
    public static Measurement WithBootstrap(this Measurement measurement, IReadOnlyCollection<ScoredSample> samples, ResampledStatistic statistic)
    {
        ArgumentNullException.ThrowIfNull(measurement);
        ArgumentNullException.ThrowIfNull(samples);
        ImmutableArray<ImageReference> images = [.. samples.Select(sample => sample.Prediction.Sample.Image)];
        return measurement.Value is not null && ClusterBootstrap.Spread(images, statistic) is var (error, interval)
            ? measurement with
            {
                StandardError = error,
                Interval = interval,
                Caution = images.Distinct().Count() < LeastImages ? Measurement.FewImages : null,
            }
            : measurement;
    }
}
