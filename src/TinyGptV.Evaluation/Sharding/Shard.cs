using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Sharding;

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

    /// <summary>Writes the number alone; internal because generated code makes one.</summary>
    internal sealed class ShardIndexConverter : JsonConverter<ShardIndex>
    {
        public override ShardIndex Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt32());

        public override void Write(Utf8JsonWriter writer, ShardIndex value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

/// <summary>What is stored at once, and the least that is given to a replica: some samples of one benchmark, those of one image never divided.</summary>
/// <param name="Index">The shard's number in its run.</param>
/// <param name="Benchmark">The benchmark of all its samples.</param>
/// <param name="Samples">The samples, grouped by image; at least one.</param>
public sealed record Shard(ShardIndex Index, BenchmarkName Benchmark, ImmutableArray<Sample> Samples);
