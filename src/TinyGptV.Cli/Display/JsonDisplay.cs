using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Display;

/// <summary>Values as JSON documents for scripts, in the shape that the domain has on disk.</summary>
internal static class JsonDisplay
{
    private static readonly JsonSerializerOptions Options = new(EvaluationJson.Indented.Options)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(EvaluationJson.Indented, new DefaultJsonTypeInfoResolver()),
    };

    public static Task WriteAsync<T>(T value, TextWriter output) => output.WriteLineAsync(JsonSerializer.Serialize(value, Options));

    /// <summary>The same document as a text that ends with a line feed, for files.</summary>
    public static string ToText<T>(T value) => JsonSerializer.Serialize(value, Options) + "\n";
}
