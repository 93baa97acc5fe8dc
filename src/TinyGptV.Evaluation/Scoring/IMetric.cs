using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>A number that summarizes the scores of many samples.</summary>
public interface IMetric
{
    /// <summary>The name in reports, for example <c>accuracy</c>.</summary>
    string Name { get; }

    /// <summary>Summarizes the scores of some samples, in any order.</summary>
    /// <param name="samples">The samples with a prediction, answered or not, with unique ids.</param>
    /// <param name="missing">How many more samples have no prediction; they count as wrong.</param>
    /// <returns>
    /// The value with its error; no value if no sample counts. Errors of means come from <see cref="ClusteredMean"/>, others from
    /// <see cref="ClusterBootstrap"/>.
    /// </returns>
    Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing);
}
