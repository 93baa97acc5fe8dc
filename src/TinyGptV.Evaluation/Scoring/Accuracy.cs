using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The mean of the scores that count.</summary>
public sealed class Accuracy : IMeanMetric
{
    /// <summary>The name in reports.</summary>
    public const string MetricName = "accuracy";

    /// <inheritdoc />
    public string Name => MetricName;

    /// <inheritdoc />
    public double? ValueOf(ScoredSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample.Score.Excluded ? null : sample.Score.Value;
    }

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing) =>
        SampleStatistics.MeanOf(samples, ValueOf, missing).ToMeasurement(Name);
}
