using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The mean of a value over samples, or over some of them.</summary>
/// <param name="name">The metric's name.</param>
/// <param name="valueOf">A sample's value, 0 to 1; null leaves the sample out.</param>
public sealed class SampleMean(string name, Func<ScoredSample, double?> valueOf) : IMeanMetric
{
    /// <inheritdoc />
    public string Name => name;

    /// <summary>Whether samples without a prediction count as 0. Default: true. Use false if only some samples have a value.</summary>
    public bool CountsMissing { get; init; } = true;

    /// <summary>Why there is no value if no sample has one. Default: null.</summary>
    public string? Unavailable { get; init; }

    /// <inheritdoc />
    public double? ValueOf(ScoredSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        return sample.Score.Excluded ? null : valueOf(sample);
    }

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Any(sample => ValueOf(sample) is not null)
            ? SampleStatistics.MeanOf(samples, ValueOf, CountsMissing ? missing : 0).ToMeasurement(name)
            : new Measurement(name, 0, null) { Unavailable = samples.Count == 0 ? null : Unavailable };
    }
}
