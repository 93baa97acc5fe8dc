using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace TinyGptV.Evaluation.Models;

/// <summary>What determines a model's answers: files, precision and device. Part of the run's manifest.</summary>
public sealed record ModelIdentity
{
    /// <summary>The display name, for example that of the checkpoint folder.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// SHA-256 in lower-case hexadecimal: over the digests of all files the model was read from, or, of a model behind an endpoint, over its name and the
    /// version that the endpoint reports.
    /// </summary>
    public required string Digest { get; init; }

    /// <summary>SHA-256 of every file the model was read from, in lower-case hexadecimal, by file name.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Every setting that can change an answer, for example <c>precision: float32</c>, <c>device: cpu</c>, <c>image size: 448</c>.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Identifies a model behind an endpoint, whose files are not visible.</summary>
    /// <param name="name">The model's name at the endpoint.</param>
    /// <param name="version">The version that the endpoint reports; null if it reports none.</param>
    /// <param name="settings">Every setting that can change an answer.</param>
    /// <returns>The identity: equal for equal names, versions and settings.</returns>
    public static ModelIdentity OfEndpoint(string name, string? version, ImmutableSortedDictionary<string, string> settings)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new ModelIdentity
        {
            Name = name,
            Digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"endpoint\n{name}\n{version}"))),
            Settings = version is null ? settings : settings.SetItem("reported version", version),
        };
    }

    /// <summary>Equal files and settings. The name does not count.</summary>
    /// <param name="other">The identity to compare with.</param>
    /// <returns>True if both give the same numbers.</returns>
    public bool GivesSameNumbersAs(ModelIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Digest == other.Digest && Settings.SequenceEqual(other.Settings);
    }
}
