using System.Text.Json;
using System.Text.Json.Serialization;
using TinyGptV.Evaluation.Reports.Files;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>Comparisons as JSON, for scripts. Property names are a contract: add, never rename.</summary>
[JsonSerializable(typeof(RunComparison))]
public sealed partial class ComparisonJson : JsonSerializerContext
{
    private static ComparisonJson Indented { get; } = new(new JsonSerializerOptions(ReportJson.Indented.Options));

    /// <summary>Writes a comparison without its samples.</summary>
    /// <param name="comparison">The comparison.</param>
    /// <returns>The JSON, ending with a line feed.</returns>
    public static string Write(RunComparison comparison) => JsonSerializer.Serialize(comparison, Indented.RunComparison) + "\n";
}
