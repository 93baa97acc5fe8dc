using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The name of a run, also the name of its folder.</summary>
/// <param name="Value">1 to 100 letters, digits, hyphens, underscores and full stops, starting with a letter or digit.</param>
[JsonConverter(typeof(StringIdentityConverter<RunId>))]
public readonly record struct RunId(string Value) : IStringIdentity<RunId>
{
    /// <inheritdoc />
    public static RunId FromString(string value) => new(value);

    /// <summary>Checks a name given by a user.</summary>
    /// <param name="text">The name.</param>
    /// <returns>The run id.</returns>
    /// <exception cref="PrerequisiteException">The name is empty, too long or has an invalid character.</exception>
    public static RunId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsValid(text) ? new RunId(text) : throw new PrerequisiteException(
            $"A run's name has 1 to 100 letters, digits, '-', '_' or '.', and begins with a letter or digit; found '{text}'. Choose another name.");
    }

    /// <summary>Whether a string is a valid run name.</summary>
    /// <param name="text">The name.</param>
    /// <returns>True if <see cref="Parse"/> accepts it.</returns>
    public static bool IsValid(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length is >= 1 and <= 100 && char.IsAsciiLetterOrDigit(text[0])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
    }

    /// <inheritdoc />
    public override string ToString() => Value;
}
