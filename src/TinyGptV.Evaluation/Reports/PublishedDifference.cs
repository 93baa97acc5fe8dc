using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>
/// The run's result less a published one, and its sampling error. The published answers are unknown, so the two are treated as results on independent samples.
/// A difference larger than this error is real; a smaller one may still be.
/// </summary>
/// <param name="Value">The difference, as a fraction of 1.</param>
/// <param name="PublishedHalfWidth">Half the width of the published result's 95 % interval, widened by <see cref="DesignEffect"/>.</param>
/// <param name="HalfWidth">Half the width of the difference's 95 % interval, from the wider side of the run's interval; null if the run has none.</param>
public sealed record PublishedDifference(double Value, double PublishedHalfWidth, double? HalfWidth)
{
    private const double Significant = 0.05;

    /// <summary>
    /// The variance of the run's result, relative to that of as many independent binary samples. It stands in for the published result's, whose answers are
    /// unknown. Where nothing varies or the error is unknown, the number of samples per image. Default: 1.
    /// </summary>
    public double DesignEffect { get; init; } = 1;

    /// <summary>The probability of a difference at least this large if both were equally good; null if the run has no error.</summary>
    public double? PValue => HalfWidth switch
    {
        null => null,
        0 => Value == 0 ? 1 : 0,
        { } halfWidth => NormalTails.Both(StudentT.Normal * Value / halfWidth),
    };

    /// <summary><see cref="PValue"/> adjusted by Holm's method for the number of comparable published results beside which the run stands.</summary>
    public double? AdjustedPValue { get; init; }

    /// <summary>Whether the difference is more than chance gives, by <see cref="AdjustedPValue"/>; null if unknown.</summary>
    public bool? IsLarger => (AdjustedPValue ?? PValue) is { } p ? p < Significant : null;

    /// <summary>Whether the difference alone exceeds the sampling error of both.</summary>
    internal bool ExceedsError => HalfWidth is { } halfWidth && Math.Abs(Value) > halfWidth;

    internal static PublishedDifference? Of(Measurement ours, double published, int samples, int images)
    {
        if (ours.Value is not { } value || samples < 1)
            return null;
        double effect = DesignEffectOf(ours, value) ?? samples / (double)Math.Max(1, images);
        double halfWidth = StudentT.Normal * Math.Sqrt(effect * published * (1 - published) / samples);
        return new PublishedDifference(value - published, halfWidth, ours.Reach is { } own ? Math.Sqrt((own * own) + (halfWidth * halfWidth)) : null)
        {
            DesignEffect = effect,
        };
    }

    private static double? DesignEffectOf(Measurement ours, double value) => ours is { StandardError: > 0 and { } error, Samples: > 1 } && value is > 0 and < 1
        ? error * error * (ours.Samples - 1) / (value * (1 - value))
        : null;
}
