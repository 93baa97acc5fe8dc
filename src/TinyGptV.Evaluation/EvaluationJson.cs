using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

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

    /// <summary>The options, for types beside those below.</summary>
    public JsonSerializerOptions Options { get; }

    /// <summary>The shape of <c>benchmark.json</c>.</summary>
    public JsonTypeInfo<BenchmarkDefinition> BenchmarkDefinition => ShapeOf<BenchmarkDefinition>();

    /// <summary>The shape of one benchmark in a manifest.</summary>
    public JsonTypeInfo<BenchmarkManifest> BenchmarkManifest => ShapeOf<BenchmarkManifest>();

    /// <summary>The shape of one line of a shard's predictions.</summary>
    public JsonTypeInfo<Prediction> Prediction => ShapeOf<Prediction>();

    /// <summary>The shape of <c>manifest.json</c>.</summary>
    public JsonTypeInfo<RunManifest> RunManifest => ShapeOf<RunManifest>();

    /// <summary>The shape of <c>state.json</c>.</summary>
    public JsonTypeInfo<RunState> RunState => ShapeOf<RunState>();

    /// <summary>The shape of one line of a shard's samples.</summary>
    public JsonTypeInfo<Sample> Sample => ShapeOf<Sample>();

    /// <summary>The shape of <c>timings.json</c>.</summary>
    public JsonTypeInfo<RunTimings> RunTimings => ShapeOf<RunTimings>();

    private JsonTypeInfo<T> ShapeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
