using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>A metric over some samples.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Samples">How many samples it covers.</param>
/// <param name="Value">The value; null if none.</param>
public sealed record Measurement(string Metric, int Samples, double? Value)
{
    internal const string FewImages = "few or very unequal images: the interval can cover less than 95 %";

    /// <summary>The scale of the value. Default: a fraction of 1, shown in percent.</summary>
    public MeasurementScale Scale { get; init; } = MeasurementScale.Fraction;

    /// <summary>The standard error, clustered by image; null if unknown.</summary>
    public double? StandardError { get; init; }

    /// <summary>The 95 % confidence interval; null if unknown.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Why there is no value, in a few words; null if there is one, or if there are no samples.</summary>
    public string? Unavailable { get; init; }

    /// <summary>Why the interval should not be relied on, in a few words; null if it can be.</summary>
    public string? Caution { get; init; }

    /// <summary>
    /// The distance from the value to the farther end of the interval, shown after ±, so that ± never claims more precision than the interval. Null if unknown.
    /// </summary>
    [JsonIgnore]
    public double? Reach => Value is { } value && Interval is { } interval ? Math.Max(interval.High - value, value - interval.Low) : null;
}

/// <summary>The scale of a measurement.</summary>
public enum MeasurementScale
{
    /// <summary>A fraction of 1, shown in percent.</summary>
    Fraction,

    /// <summary>A plain number.</summary>
    Number,
}

/// <summary>An interval between two values of a metric.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end, at least the lower one.</param>
public readonly record struct Interval(double Low, double High);

/// <summary>A metric over a slice of a benchmark.</summary>
/// <param name="Kind">The kind of slice, for example <c>relation</c>.</param>
/// <param name="Name">The name, for example <c>under</c>.</param>
/// <param name="Measurement">The metric over it.</param>
public sealed record SliceMeasurement(string Kind, string Name, Measurement Measurement);
