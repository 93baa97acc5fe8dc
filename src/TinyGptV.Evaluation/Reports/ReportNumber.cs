using System.Globalization;

namespace TinyGptV.Evaluation.Reports;

/// <summary>How numbers are printed in tables for people.</summary>
internal static class ReportNumber
{
    public const string NotAvailable = "-";

    public static string Percent(double? value) => value is { } number ? (number * 100).ToString("F1", CultureInfo.InvariantCulture) : NotAvailable;

    public static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
