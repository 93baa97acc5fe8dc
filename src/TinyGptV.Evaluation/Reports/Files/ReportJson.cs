using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Reports.Files;

/// <summary>Reports as JSON, for scripts. Property names are a contract: add, never rename.</summary>
[JsonSerializable(typeof(EvaluationReport))]
[JsonSerializable(typeof(ReportTable))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>Indented, with line feeds. Escapes only what JSON requires.</summary>
    public static ReportJson Indented { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    });

    /// <summary>Writes a report without its samples.</summary>
    /// <param name="report">The report.</param>
    /// <returns>The JSON, ending with a line feed.</returns>
    public static string Write(EvaluationReport report) => JsonSerializer.Serialize(report, Indented.EvaluationReport) + "\n";
}
