using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A number that sums up the scores of many samples.</summary>
public interface IMetric
{
    /// <summary>The name in reports, for example <c>accuracy</c>.</summary>
    string Name { get; }

    /// <summary>Sums up the scores of some samples; their order does not matter.</summary>
    /// <param name="samples">The samples that have a prediction, those without an answer included; each id once.</param>
    /// <param name="missing">How many more samples have no prediction; nothing is known of them, and they count as wrong.</param>
    /// <returns>
    /// The number, with what is known of its error; without a value if no sample counts. <see cref="ClusteredMean"/> tells the error of a mean,
    /// <see cref="ClusterBootstrap"/> that of anything else.
    /// </returns>
    Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing);
}
