using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation;

/// <summary>A typed identity that is written as a plain JSON string and read back as itself.</summary>
/// <typeparam name="TSelf">The identity type.</typeparam>
public interface IStringIdentity<TSelf> where TSelf : struct, IStringIdentity<TSelf>
{
    /// <summary>The text of this identity.</summary>
    string Value { get; }

    /// <summary>Wraps a text.</summary>
    /// <param name="value">The text.</param>
    /// <returns>The identity.</returns>
    static abstract TSelf FromString(string value);
}

/// <summary>Writes a typed identity as a plain JSON string, as value and as property name.</summary>
/// <typeparam name="T">The identity type.</typeparam>
public sealed class StringIdentityConverter<T> : JsonConverter<T> where T : struct, IStringIdentity<T>
{
    /// <inheritdoc />
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.FromString(reader.GetString() ?? throw new JsonException($"A {typeof(T).Name} is a string, not null."));

    /// <inheritdoc />
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);

    /// <inheritdoc />
    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.FromString(reader.GetString()!);

    /// <inheritdoc />
    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(value.Value);
}
