using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TinyGptV.Evaluation;

/// <summary>
/// JSON serialization of the domain types, on disk and between silos. Property names are a contract: add, never rename.
/// A property missing from an older file keeps its initializer's value. Source-generated serializers would set it to the default of
/// its type, so none are used here.
/// </summary>
public sealed class EvaluationJson
{
    private EvaluationJson(bool indented) => Options = new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        NewLine = "\n",
        TypeInfoResolver = new DefaultJsonTypeInfoResolver(),
    };

    /// <summary>One line per value: predictions and wire records. Escapes only what JSON requires.</summary>
    public static EvaluationJson Compact { get; } = new(indented: false);

    /// <summary>Indented, with line feeds, for files that people open: manifests and definitions.</summary>
    public static EvaluationJson Indented { get; } = new(indented: true);

    /// <summary>The options, for callers that do not use <see cref="ShapeOf"/>.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>The serialization metadata of a type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>Its metadata.</returns>
    public JsonTypeInfo<T> ShapeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
