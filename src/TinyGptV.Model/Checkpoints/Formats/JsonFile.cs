using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>Small JSON files next to the weights.</summary>
internal static class JsonFile
{
    private const int Largest = 64 << 20;

    public static JsonObject ReadObject(string path)
    {
        using MappedFile file = MappedFile.Open(path);
        if (file.Length > Largest)
            throw new CheckpointException($"{path}: expected a JSON file of at most {Largest} bytes, found {file.Length}.");
        try
        {
            ReadOnlySpan<byte> bytes = WithoutByteOrderMark(file.Bytes(0, (int)file.Length));
            RequireValidStrings(bytes);
            JsonNode? node = JsonNode.Parse(bytes, null, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return node as JsonObject ?? throw new CheckpointException($"{path}: expected a JSON object.");
        }
        catch (JsonException failure)
        {
            throw new CheckpointException($"{path}: is not valid JSON: {failure.Message}", failure);
        }
    }

    /// <summary>The parsers accept invalid Unicode and fail much later, when the string is read.</summary>
    /// <exception cref="JsonException">A string or a name is not valid Unicode, or this is not JSON.</exception>
    public static void RequireValidStrings(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
            throw new JsonException("it is not UTF-8.");
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                    reader.GetString();
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("a string has half a surrogate pair.", failure);
        }
    }

    /// <summary>The value of a field; null if it is missing or of another type.</summary>
    public static T? Value<T>(this JsonNode? node, string field) where T : struct =>
        (node as JsonObject)?[field] is JsonValue value && value.TryGetValue(out T result) ? result : null;

    /// <summary>The text of a field; null if it is missing or not a string.</summary>
    public static string? Text(this JsonNode? node, string field) =>
        (node as JsonObject)?[field] is JsonValue value && value.TryGetValue(out string? result) ? result : null;

    private static ReadOnlySpan<byte> WithoutByteOrderMark(ReadOnlySpan<byte> bytes) => bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
}
