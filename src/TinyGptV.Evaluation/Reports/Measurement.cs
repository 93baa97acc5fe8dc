namespace TinyGptV.Evaluation.Reports;

/// <summary>A metric over some samples.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="Samples">How many samples it sums up.</param>
/// <param name="Value">The value, usually in the range 0..1; null if there is no sample.</param>
public sealed record Measurement(string Metric, int Samples, double? Value);

/// <summary>A metric over a named part of a benchmark.</summary>
/// <param name="Kind">What the benchmark is divided by, for example <c>relation</c>.</param>
/// <param name="Name">The part, for example <c>under</c>.</param>
/// <param name="Measurement">The metric over it.</param>
public sealed record SliceMeasurement(string Kind, string Name, Measurement Measurement);
