using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Models;

/// <summary>What makes the numbers of a model: files, precision and device. Part of the run's manifest.</summary>
public sealed record ModelIdentity
{
    /// <summary>The name shown to people, for example the checkpoint folder's.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 over the digests of all files the model was read from, in lower-case hexadecimal.</summary>
    public required string Digest { get; init; }

    /// <summary>SHA-256 of every file the model was read from, in lower-case hexadecimal, by file name.</summary>
    public ImmutableSortedDictionary<string, string> Files { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Every setting that can change an answer, for example <c>precision: float32</c>, <c>device: cpu</c>, <c>image size: 448</c>.</summary>
    public ImmutableSortedDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Equal files and settings. The name does not count.</summary>
    /// <param name="other">The identity to compare with.</param>
    /// <returns>True if both give the same numbers.</returns>
    public bool GivesSameNumbersAs(ModelIdentity other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Digest == other.Digest && Settings.SequenceEqual(other.Settings);
    }
}
