using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>
/// The identity of a sample inside its benchmark: the official question id where there is one (GQA, IconQA), otherwise the split
/// and the position in it (VSR). Always a text: official ids can have leading zeros.
/// </summary>
/// <param name="Value">The identity. The default value holds null and names nothing.</param>
[JsonConverter(typeof(StringIdentityConverter<SampleId>))]
public readonly record struct SampleId(string Value) : IStringIdentity<SampleId>, IComparable<SampleId>
{
    /// <inheritdoc />
    public static SampleId FromString(string value) => new(value);

    /// <summary>Ordinal order of the identities.</summary>
    /// <param name="other">The identity to compare with.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(SampleId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
