using System.Globalization;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>Formats numbers for tables.</summary>
internal static class ReportNumber
{
    public const string NotAvailable = "-";

    /// <summary>Stands after intervals that should not be relied on.</summary>
    public const string CautionMark = "†";

    public const string CautionNote = CautionMark
        + " do not rely on this interval: with images so few or so unequal it covers the true value in fewer than 95 of 100 cases.";

    public static string Percent(double? value) => value is { } number ? (number * 100).ToString("F1", CultureInfo.InvariantCulture) : NotAvailable;

    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A signed difference in percent.</summary>
    public static string Signed(double value) => (value * 100).ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>The value in its scale.</summary>
    public static string Value(Measurement measurement) => In(measurement.Scale, measurement.Value);

    /// <summary>The value and its distance to the farther end of the 95 % interval, as <c>38.2 ± 0.9</c>; only the value if the interval is unknown.</summary>
    public static string WithError(Measurement measurement) =>
        measurement.Interval is null ? Value(measurement) : $"{Value(measurement)} {Error(measurement)}";

    /// <summary>The distance to the farther end of the 95 % interval, as <c>± 0.9</c>, marked if it should not be relied on.</summary>
    public static string Error(Measurement measurement) =>
        $"± {In(measurement.Scale, measurement.Reach)}{(measurement.Caution is null ? "" : CautionMark)}";

    /// <summary>A p-value adjusted for several comparisons.</summary>
    public static string PValue(double p) => p < 0.0001 ? "adjusted p < 0.0001" : string.Create(CultureInfo.InvariantCulture, $"adjusted p = {p:0.0000}");

    /// <summary>A percentage without decimals, for axes.</summary>
    public static string Whole(double value) => (value * 100).ToString("F0", CultureInfo.InvariantCulture);

    /// <summary>Both ends of the 95 % interval, as <c>37.3 to 39.1</c>.</summary>
    public static string Ends(Measurement measurement) => measurement.Interval is { } interval
        ? $"{In(measurement.Scale, interval.Low)} to {In(measurement.Scale, interval.High)}{(measurement.Caution is null ? "" : CautionMark)}"
        : NotAvailable;

    /// <summary>Why a measurement has no value.</summary>
    public static string Reason(Measurement measurement) => measurement.Unavailable ?? "no sample counts";

    /// <summary>The metric as a column heading, with its unit.</summary>
    public static string Heading(Measurement measurement) =>
        Metric(measurement.Metric) + (measurement.Scale is MeasurementScale.Fraction ? " %" : "");

    /// <summary>The metric's name for display.</summary>
    public static string Metric(string name) => name == "roc-auc" ? "ROC-AUC" : char.ToUpperInvariant(name[0]) + name[1..];

    /// <summary>The result of a benchmark as <c>38.2 ± 0.9</c>; with its metric if that is not an accuracy, as <c>65.1 ± 2.4 (ROC-AUC)</c>.</summary>
    public static string Result(Measurement measurement) => measurement.Value is null || measurement.Metric == Accuracy.MetricName
        ? WithError(measurement)
        : $"{WithError(measurement)} ({Metric(measurement.Metric)})";

    /// <summary>A value in a scale.</summary>
    public static string In(MeasurementScale scale, double? value) =>
        scale is MeasurementScale.Fraction ? Percent(value) : value?.ToString("0.###", CultureInfo.InvariantCulture) ?? NotAvailable;
}
