using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>
/// The id of a sample within its benchmark: the official question id if there is one (GQA, IconQA), otherwise split and position
/// (VSR). Always a string, because official ids can have leading zeros.
/// </summary>
/// <param name="Value">The id. The default value is null and invalid.</param>
[JsonConverter(typeof(StringIdentityConverter<SampleId>))]
public readonly record struct SampleId(string Value) : IStringIdentity<SampleId>, IComparable<SampleId>
{
    /// <inheritdoc />
    public static SampleId FromString(string value) => new(value);

    /// <summary>Ordinal order of the ids.</summary>
    /// <param name="other">The id to compare with.</param>
    /// <returns>Negative, zero or positive.</returns>
    public int CompareTo(SampleId other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc />
    public override string ToString() => Value;
}
