using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// GQA's consistency: the share of questions entailed by a right answer that are also right, averaged over right answers with entailed questions.
/// </summary>
/// <param name="isRight">Whether a sample is answered right, even if it does not count.</param>
public sealed class GqaConsistency(Func<ScoredSample, bool> isRight) : IMetric
{
    /// <inheritdoc />
    public string Name => "consistency";

    /// <inheritdoc />
    public Measurement Measure(IReadOnlyCollection<ScoredSample> samples, int missing)
    {
        ArgumentNullException.ThrowIfNull(samples);
        Dictionary<SampleId, bool> right = samples.ToDictionary(sample => sample.Prediction.Sample.Id, isRight);
        ScoredSample[] sources = [.. samples.Where(sample =>
            !sample.Score.Excluded && sample.Prediction.Sample.Gqa is { Entailed: not [] } && right[sample.Prediction.Sample.Id])];
        int outside = sources.Count(source => !source.Prediction.Sample.Gqa!.Entailed.All(right.ContainsKey));
        if (outside > 0)
            return new Measurement(Name, sources.Length, null)
            {
                Unavailable = $"{outside} right answers entail questions that are not in the set; evaluate GQA's file of all questions",
            };
        var mean = new SampleMean(Name, sample => ShareOf(sample.Prediction.Sample.Gqa!.Entailed, right)) { CountsMissing = false };
        return mean.Measure(sources, 0) with { Unavailable = sources.Length > 0 ? null : "no right answer entails another question" };
    }

    private static double ShareOf(IReadOnlyCollection<SampleId> entailed, Dictionary<SampleId, bool> right) =>
        (double)entailed.Count(id => right[id]) / entailed.Count;
}
