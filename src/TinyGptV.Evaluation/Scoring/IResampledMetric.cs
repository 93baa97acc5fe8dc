using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A metric that is no mean, and can be computed for samples of which some count several times: its error is found by drawing images.</summary>
public interface IResampledMetric : IMetric
{
    /// <summary>Prepares the metric over some samples, for many draws.</summary>
    /// <param name="samples">The samples.</param>
    /// <returns>The metric if each of these samples counts so often; null if the samples do not have it.</returns>
    ResampledStatistic? StatisticOf(IReadOnlyList<ScoredSample> samples);
}
