using System.Text.Json;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Display;

/// <summary>Writes values as JSON documents for scripts, in the same shape as on disk.</summary>
internal static class JsonDisplay
{
    public static Task WriteAsync<T>(T value, TextWriter output) => output.WriteLineAsync(JsonSerializer.Serialize(value, EvaluationJson.Indented.Options));
}
