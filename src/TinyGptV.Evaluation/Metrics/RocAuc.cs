using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Metrics;

/// <summary>
/// The area under the ROC curve of the probability of the affirmative answer. A sample without an answer ranks behind all of the other kind: it is as wrong as
/// can be.
/// </summary>
/// <param name="label">The target of samples whose answer is the affirmative one.</param>
public sealed class RocAuc(string label) : IMetric
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
            return nothing with { Unavailable = $"{unknown} of {counted.Length} predictions do not hold the probabilities of both answers" };

        bool[] labels = [.. counted.Select(sample => sample.Prediction.Sample.Target == label)];
        var ranked = new RankedLabels([.. counted.Select(ScoreOf)], labels);
        int[] once = [.. Enumerable.Repeat(1, counted.Length)];
        return ranked.RocAuc(once) is { } area
            ? (nothing with { Value = area }).WithBootstrap(counted, ranked.RocAuc)
            : nothing with { Unavailable = $"all samples have the label {counted[0].Prediction.Sample.Target}" };
    }

    private double ScoreOf(ScoredSample sample) => sample.Score.Probability
        ?? (sample.Prediction.Sample.Target == label ? double.NegativeInfinity : double.PositiveInfinity);
}
