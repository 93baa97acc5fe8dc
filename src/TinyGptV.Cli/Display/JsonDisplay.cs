using System.Text.Json;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Display;

/// <summary>Values as JSON documents for scripts, in the shape that the domain has on disk.</summary>
internal static class JsonDisplay
{
    public static Task WriteAsync<T>(T value, TextWriter output) => output.WriteLineAsync(JsonSerializer.Serialize(value, EvaluationJson.Indented.Options));
}
