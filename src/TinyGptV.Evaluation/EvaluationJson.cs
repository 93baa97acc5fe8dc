using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation;

/// <summary>
/// The one serialised shape of the domain, on disk and between silos. Property names are the contract: add, never rename.
/// </summary>
[JsonSerializable(typeof(BenchmarkDefinition))]
[JsonSerializable(typeof(Prediction))]
[JsonSerializable(typeof(RunManifest))]
[JsonSerializable(typeof(RunProgress))]
[JsonSerializable(typeof(Shard))]
public sealed partial class EvaluationJson : JsonSerializerContext
{
    /// <summary>One line for each value: predictions and wire records. Text stays readable: only what JSON demands is escaped.</summary>
    public static EvaluationJson Compact { get; } = new(CreateOptions(indented: false));

    /// <summary>Indented with line feeds, for files people open: manifests and definitions.</summary>
    public static EvaluationJson Indented { get; } = new(CreateOptions(indented: true));

    private static JsonSerializerOptions CreateOptions(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        NewLine = "\n",
    };
}
