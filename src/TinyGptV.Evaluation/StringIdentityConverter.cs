using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation;

/// <summary>A typed identifier that is stored as a plain JSON string.</summary>
/// <typeparam name="TSelf">The identifier type.</typeparam>
public interface IStringIdentity<TSelf> where TSelf : struct, IStringIdentity<TSelf>
{
    /// <summary>The text of this identifier.</summary>
    string Value { get; }

    /// <summary>Wraps a text.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The identifier.</returns>
    static abstract TSelf FromString(string value);
}

/// <summary>Reads and writes a typed identifier as a plain JSON string, also as a property name.</summary>
/// <typeparam name="T">The identifier type.</typeparam>
public sealed class StringIdentityConverter<T> : JsonConverter<T> where T : struct, IStringIdentity<T>
{
    /// <inheritdoc />
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.FromString(reader.GetString() ?? throw new JsonException($"Expected a string for {typeof(T).Name}, found null."));

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc />
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.FromString(reader.GetString()!);

    /// <inheritdoc />
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}
