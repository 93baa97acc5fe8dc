using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Metrics;

/// <summary>The mean of the scores that count.</summary>
public sealed class Accuracy : IMetric
{
    /// <inheritdoc />
    public string Name => "accuracy";

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return ClusteredMean.Of(
            samples.Where(sample => !sample.Score.Excluded).Select(sample => (sample.Prediction.Sample.Image, sample.Score.Value)), missing).ToMeasurement(Name);
    }
}
