using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>The short name of a benchmark, also the name of its folder: <c>gqa</c>, <c>vsr</c>, <c>iconqa</c>.</summary>
/// <param name="Value">Lower-case letters, digits and hyphens. The default value is null and invalid.</param>
[JsonConverter(typeof(StringIdentityConverter<BenchmarkName>))]
public readonly record struct BenchmarkName(string Value) : IStringIdentity<BenchmarkName>, IComparable<BenchmarkName>
{
    /// <inheritdoc />
    public static BenchmarkName FromString(string value) => new(value);

    /// <summary>Ordinal order of the names.</summary>
    /// <param name="other">The name to compare with.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(BenchmarkName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
