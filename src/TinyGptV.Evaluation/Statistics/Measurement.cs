using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>A metric over some samples.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Samples">How many samples it sums up.</param>
/// <param name="Value">The value; null if there is none.</param>
public sealed record Measurement(string Metric, int Samples, double? Value)
{
    /// <summary>How the value is to be read. Default: a fraction of 1, shown in percent.</summary>
    public MeasurementScale Scale { get; init; } = MeasurementScale.Fraction;

    /// <summary>The standard error of the value, samples about one image counted as one draw; null if it is not known.</summary>
    public double? StandardError { get; init; }

    /// <summary>Where the value of all such samples lies with a confidence of 95 %; null if it is not known.</summary>
    public Interval? Interval { get; init; }

    /// <summary>Why there is no value, in a few words; null if there is one, or no sample.</summary>
    public string? Unavailable { get; init; }

    /// <summary>
    /// How far the interval's farther end lies from the value: what stands behind ±, so that value and ± never promise more than the interval does. Null if that is not known.
    /// </summary>
    [JsonIgnore]
    public double? Reach => Value is { } value && Interval is { } interval ? Math.Max(interval.High - value, value - interval.Low) : null;
}

/// <summary>How a measurement's value is to be read.</summary>
public enum MeasurementScale
{
    /// <summary>A fraction of 1, shown in percent.</summary>
    Fraction,

    /// <summary>A plain number, shown as it is.</summary>
    Number,
}

/// <summary>An interval between two values of a metric.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end, at least the lower one.</param>
public readonly record struct Interval(double Low, double High);

/// <summary>A metric over a named part of a benchmark.</summary>
/// <param name="Kind">What the benchmark is divided by, for example <c>relation</c>.</param>
/// <param name="Name">The part, for example <c>under</c>.</param>
/// <param name="Measurement">The metric over it.</param>
public sealed record SliceMeasurement(string Kind, string Name, Measurement Measurement);
