namespace TinyGptV.Evaluation.Scoring;

/// <summary>A number that sums up many scores.</summary>
public interface IMetric
{
    /// <summary>The name in reports, for example <c>accuracy</c>.</summary>
    string Name { get; }

    /// <summary>Sums up scores; their order does not matter.</summary>
    /// <param name="scores">One score for every sample, those without an answer included.</param>
    /// <returns>The number, usually in the range 0..1; null if there is no score that counts.</returns>
    double? Compute(IReadOnlyCollection<Score> scores);
}

/// <summary>The mean of the scores that count.</summary>
public sealed class Accuracy : IMetric
{
    /// <inheritdoc />
    public string Name => "accuracy";

    /// <inheritdoc />
    public double? Compute(IReadOnlyCollection<Score> scores)
    {
        ArgumentNullException.ThrowIfNull(scores);
        int counted = scores.Count(score => !score.Excluded);
        return counted == 0 ? null : scores.Where(score => !score.Excluded).Sum(score => score.Value) / counted;
    }
}
