using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// The area under the ROC curve of the probability of the affirmative answer. A sample without an answer gets the worst possible rank.
/// </summary>
/// <param name="label">The target of samples with the affirmative answer.</param>
public sealed class RocAuc(string label) : IResampledMetric
{
    /// <inheritdoc />
    public string Name => "roc-auc";

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ScoredSample[] counted = [.. samples.Where(sample => !sample.Score.Excluded)];
        var nothing = new Measurement(Name, counted.Length + missing, null);
        int unknown = counted.Count(sample => sample.IsAnswered && sample.Score.Probability is null);
        if (counted.Length + missing == 0)
            return nothing;
        if (missing > 0)
            return nothing with { Unavailable = $"{missing} samples have no prediction" };
        if (unknown > 0)
            return nothing with { Unavailable = $"{unknown} of {counted.Length} predictions lack the probabilities of both answers" };

        ResampledStatistic statistic = Rank(counted);
        return statistic([.. Enumerable.Repeat(1, counted.Length)]) is { } area
            ? (nothing with { Value = area }).WithBootstrap(counted, statistic)
            : nothing with { Unavailable = $"all samples have the label {counted[0].Prediction.Sample.Target}" };
    }

    /// <inheritdoc />
    public ResampledStatistic? StatisticOf(IReadOnlyList<ScoredSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Any(sample => sample.IsAnswered && sample.Score.Probability is null) ? null : Rank(samples);
    }

    private ResampledStatistic Rank(IReadOnlyList<ScoredSample> samples) =>
        new RankedLabels([.. samples.Select(ScoreOf)], [.. samples.Select(sample => sample.Prediction.Sample.Target == label)]).RocAuc;

    private double ScoreOf(ScoredSample sample) => sample.Score.Probability
        ?? (sample.Prediction.Sample.Target == label ? double.NegativeInfinity : double.PositiveInfinity);
}
