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
        int counted = samples.Count(sample => !sample.Score.Excluded) + missing;
        double sum = samples.Where(sample => !sample.Score.Excluded).Sum(sample => sample.Score.Value);
        return new Measurement(Name, counted, counted == 0 ? null : sum / counted);
    }
}
