namespace TinyGptV.Evaluation.Scoring;

/// <summary>A metric that is the mean of something that samples have: two runs can be compared sample by sample.</summary>
public interface IMeanMetric : IMetric
{
    /// <summary>What the mean is taken of.</summary>
    /// <param name="sample">A sample.</param>
    /// <returns>Its value, at least 0; null if it has none and is left out.</returns>
    double? ValueOf(ScoredSample sample);
}
