using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A metric other than a mean that can be computed on resampled data, so that its error can be bootstrapped over images.</summary>
public interface IResampledMetric : IMetric
{
    /// <summary>Prepares the metric for many draws over some samples.</summary>
    /// <param name="samples">The samples.</param>
    /// <returns>The metric as a function of sample counts; null if not available for these samples.</returns>
    ResampledStatistic? StatisticOf(IReadOnlyList<ScoredSample> samples);
}
