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
            ? Widen((nothing with { Value = area }).WithBootstrap(counted, statistic), counted)
            : nothing with { Unavailable = $"all samples have the label {counted[0].Prediction.Sample.Target}" };
    }

    /// <inheritdoc />
    public ResampledStatistic? StatisticOf(IReadOnlyList<ScoredSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Any(sample => sample.IsAnswered && sample.Score.Probability is null) ? null : Rank(samples);
    }

    /// <summary>
    /// Wilson's interval instead of percentiles, which are too narrow with few samples: with as many effective samples as the bootstrap's error says, fewer by
    /// the t distribution, whose degrees of freedom come from the rarer label. At 0 and 1 nothing varies, and the images of the rarer label count.
    /// </summary>
    private Measurement Widen(Measurement measured, ScoredSample[] samples)
    {
        if (measured is not { Value: { } area, StandardError: { } error })
            return measured;
        int rarer = Math.Min(Images(samples, isLabelled: true), Images(samples, isLabelled: false));
        double ratio = StudentT.Normal / StudentT.Quantile(Math.Max(1, rarer - 1));
        double effective = error > 0 && area is > 0 and < 1 ? area * (1 - area) / (error * error) : rarer;
        Interval interval = WilsonInterval.Of(area, effective * ratio * ratio);
        return measured with { Interval = new Interval(Math.Min(area, interval.Low), Math.Max(area, interval.High)), Caution = null };
    }

    private int Images(ScoredSample[] samples, bool isLabelled) => samples
        .Where(sample => sample.Prediction.Sample.Target == label == isLabelled)
        .Select(sample => sample.Prediction.Sample.Image).Distinct().Count();

    private ResampledStatistic Rank(IReadOnlyList<ScoredSample> samples) =>
        new RankedLabels([.. samples.Select(ScoreOf)], [.. samples.Select(sample => sample.Prediction.Sample.Target == label)]).RocAuc;

    private double ScoreOf(ScoredSample sample) => sample.Score.Probability
        ?? (sample.Prediction.Sample.Target == label ? double.NegativeInfinity : double.PositiveInfinity);
}
