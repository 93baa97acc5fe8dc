using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// How well answers that say yes or no to something find the samples of which it is true. A sample without an answer is found wrongly, whatever is true of it.
/// </summary>
/// <param name="name">The metric's name.</param>
/// <param name="isTrue">Whether it is true of a sample; null if the annotations do not say.</param>
/// <param name="isFound">Whether the answer says so; null without an answer.</param>
/// <param name="unknown">Why there is no value where annotations do not say it of every sample.</param>
/// <param name="measure">Makes the statistic, of what was found and what is true of each sample.</param>
internal sealed class Detection(
    string name, Func<ScoredSample, bool?> isTrue, Func<ScoredSample, bool?> isFound, string unknown, Func<bool[], bool[], ResampledStatistic> measure) : IResampledMetric
{
    public string Name => name;

    /// <summary>Average precision, where samples are found or not and have no other order.</summary>
    public static ResampledStatistic AveragePrecision(bool[] found, bool[] truths) =>
        new RankedLabels([.. found.Select(one => one ? 1.0 : 0)], truths).AveragePrecision;

    /// <summary>The harmonic mean of precision and recall; null if nothing was to be found.</summary>
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
            : nothing with { Unavailable = "it is true of no sample" };
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
