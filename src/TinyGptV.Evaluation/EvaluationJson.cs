using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TinyGptV.Evaluation;

/// <summary>
/// The one serialised shape of the domain, on disk and between silos. Property names are the contract: add, never rename. A property
/// that an older file lacks gets the default of its initialiser; generated serialisers would give it that of its type, which is why
/// there are none here.
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

    /// <summary>One line for each value: predictions and wire records. Text stays readable: only what JSON demands is escaped.</summary>
    public static EvaluationJson Compact { get; } = new(indented: false);

    /// <summary>Indented with line feeds, for files people open: manifests and definitions.</summary>
    public static EvaluationJson Indented { get; } = new(indented: true);

    /// <summary>The options, for callers that take no shape.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>How a type is written and read.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <returns>Its shape.</returns>
    public JsonTypeInfo<T> ShapeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
