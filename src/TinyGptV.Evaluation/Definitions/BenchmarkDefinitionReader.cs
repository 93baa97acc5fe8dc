using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Definitions;

/// <summary>Reads <c>benchmark.json</c>. People write it by hand, so an error names every problem, all at once where possible.</summary>
public static class BenchmarkDefinitionReader
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Reads and validates a definition.</summary>
    /// <param name="json">The file's content in UTF-8, with or without a byte-order mark.</param>
    /// <param name="fileName">The name that messages give the file.</param>
    /// <returns>The definition.</returns>
    /// <exception cref="PrerequisiteException">
    /// The content is not JSON, a property is unknown, missing, repeated or of the wrong kind, a placeholder of the prompt is missing or repeated, a scorer
    /// does not exist or does not fit the request, a path leads out of the folder, or a number is out of range.
    /// </exception>
    public static BenchmarkDefinition Read(ReadOnlyMemory<byte> json, string fileName)
    {
        ReadOnlyMemory<byte> text = json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;
        using JsonDocument document = ParseDocument(text, fileName);
        List<string> problems = [];
        CheckProperties(document.RootElement, TypeOf(typeof(BenchmarkDefinition)), "", problems);
        ThrowIfAny(problems, fileName);
        BenchmarkDefinition definition = Deserialize(document.RootElement, fileName);
        ThrowIfAny([.. BenchmarkDefinitionRules.Check(definition)], fileName);
        return definition;
    }

    private static JsonDocument ParseDocument(ReadOnlyMemory<byte> text, string fileName)
    {
        try
        {
            return JsonDocument.Parse(text, Strict);
        }
        catch (JsonException e)
        {
            throw new PrerequisiteException($"{fileName}: expected JSON, found an error: {e.Message} Correct the file.", e);
        }
    }

    private static void CheckProperties(JsonElement element, JsonTypeInfo type, string path, List<string> problems)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            problems.Add($"{(path.Length == 0 ? "the file" : $"'{path.TrimEnd('.')}'")} must be an object");
            return;
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            JsonPropertyInfo? known = type.Properties.FirstOrDefault(candidate => candidate.Name == property.Name);
            if (known is null)
                problems.Add(
                    $"'{path}{property.Name}' is unknown; the properties here are {string.Join(", ", type.Properties.Select(candidate => candidate.Name))}");
            else if (TypeOf(known.PropertyType) is { Kind: JsonTypeInfoKind.Object } nested && property.Value.ValueKind is not JsonValueKind.Null)
                CheckProperties(property.Value, nested, $"{path}{property.Name}.", problems);
        }

        problems.AddRange(type.Properties
            .Where(property => property.IsRequired && !element.TryGetProperty(property.Name, out _))
            .Select(property => $"'{path}{property.Name}' is missing: {Expectation(property.PropertyType)}"));
    }

    private static BenchmarkDefinition Deserialize(JsonElement root, string fileName)
    {
        try
        {
            return root.Deserialize(EvaluationJson.Indented.ShapeOf<BenchmarkDefinition>())!;
        }
        catch (JsonException e)
        {
            string path = e.Path?.TrimStart('$', '.') ?? "";
            throw new PrerequisiteException($"{fileName}: '{path}' must be {Expectation(TypeAt(path))}. Correct the file.", e);
        }
    }

    /// <summary>The type of the property under a path such as <c>published.accuracy</c> or <c>files.annotations[0]</c>.</summary>
    private static Type TypeAt(string path)
    {
        Type type = typeof(BenchmarkDefinition);
        foreach (string name in path.Split('.', '['))
        {
            Type? next = TypeOf(type).Properties.FirstOrDefault(property => property.Name == name)?.PropertyType;
            if (next is null)
                break;
            type = next;
        }

        return type;
    }

    private static string Expectation(Type type) => (Nullable.GetUnderlyingType(type) ?? type) switch
    {
        { IsEnum: true } values => "one of " + string.Join(", ", Enum.GetNames(values).Select(JsonNamingPolicy.CamelCase.ConvertName)),
        var number when number == typeof(int) => "a whole number",
        var number when number == typeof(double) => "a number",
        var text when text == typeof(string) || text == typeof(BenchmarkName) => "a string",
        var list when list == typeof(ImmutableArray<string>) => "a list of strings",
        var map when map == typeof(ImmutableSortedDictionary<string, string>) => "an object whose values are strings",
        var map when map == typeof(ImmutableSortedDictionary<string, ImmutableArray<string>>) => "an object whose values are lists of strings",
        _ => "an object",
    };

    private static JsonTypeInfo TypeOf(Type type) => EvaluationJson.Indented.Options.GetTypeInfo(type);

    private static void ThrowIfAny(IReadOnlyCollection<string> problems, string fileName)
    {
        if (problems.Count > 0)
            throw new PrerequisiteException($"{fileName}: {string.Join("; ", problems)}. Correct the file.");
    }
}
