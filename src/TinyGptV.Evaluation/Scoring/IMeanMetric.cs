namespace TinyGptV.Evaluation.Scoring;

/// <summary>A metric that is a mean over samples, so that two runs can be compared sample by sample.</summary>
public interface IMeanMetric : IMetric
{
    /// <summary>A sample's contribution to the mean.</summary>
    /// <param name="sample">A sample.</param>
    /// <returns>Its value, at least 0; null leaves the sample out.</returns>
    double? ValueOf(ScoredSample sample);
}
