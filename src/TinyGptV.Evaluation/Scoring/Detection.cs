using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// How well answers detect samples with a property. A sample without an answer counts as detected wrongly.
/// </summary>
/// <param name="name">The metric's name.</param>
/// <param name="isTrue">Whether a sample has the property; null if the annotations do not say.</param>
/// <param name="isFound">Whether the answer says that it does; null without an answer.</param>
/// <param name="unknown">Why there is no value if the annotations do not cover every sample.</param>
/// <param name="measure">Creates the statistic from what was detected and what is true for each sample.</param>
internal sealed class Detection(
    string name, Func<ScoredSample, bool?> isTrue, Func<ScoredSample, bool?> isFound, string unknown, Func<bool[], bool[], ResampledStatistic> measure)
    : IResampledMetric
{
    public string Name => name;

    /// <summary>Average precision of a binary detection without ranking.</summary>
    public static ResampledStatistic AveragePrecision(bool[] found, bool[] truths) =>
        new RankedLabels([.. found.Select(one => one ? 1.0 : 0)], truths).AveragePrecision;

    /// <summary>The harmonic mean of precision and recall; null without positive samples.</summary>
    public static ResampledStatistic F1(bool[] found, bool[] truths) => counts =>
    {
        long both = 0, all = 0, wanted = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            wanted += truths[i] ? counts[i] : 0;
            both += found[i] && truths[i] ? counts[i] : 0;
            all += (found[i] ? counts[i] : 0) + (truths[i] ? counts[i] : 0);
        }

        return wanted > 0 ? 2.0 * both / all : null;
    };

    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ScoredSample[] counted = [.. samples.Where(sample => !sample.Score.Excluded)];
        var nothing = new Measurement(name, counted.Length + missing, null);
        if (counted.Length + missing == 0)
            return nothing;
        if (missing > 0)
            return nothing with { Unavailable = $"{missing} samples have no prediction" };
        if (counted.Any(sample => isTrue(sample) is null))
            return nothing with { Unavailable = unknown };
        ResampledStatistic statistic = Prepare(counted);
        return statistic([.. Enumerable.Repeat(1, counted.Length)]) is { } value
            ? (nothing with { Value = value }).WithBootstrap(counted, statistic)
            : nothing with { Unavailable = "no positive samples" };
    }

    public ResampledStatistic? StatisticOf(IReadOnlyList<ScoredSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return samples.Any(sample => isTrue(sample) is null) ? null : Prepare(samples);
    }

    private ResampledStatistic Prepare(IReadOnlyList<ScoredSample> samples)
    {
        bool[] truths = [.. samples.Select(sample => isTrue(sample) is true)];
        return measure([.. samples.Select((sample, i) => isFound(sample) ?? !truths[i])], truths);
    }
}
