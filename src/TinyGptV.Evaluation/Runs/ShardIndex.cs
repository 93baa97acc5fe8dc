using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The number of a shard in its run.</summary>
/// <param name="Value">0-based.</param>
[JsonConverter(typeof(ShardIndexConverter))]
public readonly record struct ShardIndex(int Value) : IComparable<ShardIndex>
{
    /// <summary>Ascending order.</summary>
    /// <param name="other">The index to compare with.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(ShardIndex other) => Value.CompareTo(other.Value);

    /// <inheritdoc />
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes the bare number; internal because generated code creates it.</summary>
    internal sealed class ShardIndexConverter : JsonConverter<ShardIndex>
    {
        public override ShardIndex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, ShardIndex value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}
