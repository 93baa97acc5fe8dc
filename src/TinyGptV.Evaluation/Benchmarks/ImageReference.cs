using System.Text.Json.Serialization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>
/// The image of a sample: a path below the benchmark's image folders, with forward slashes, as in the annotations.
/// Untrusted input: code that opens it must reject paths outside those folders.
/// </summary>
/// <param name="Path">Relative path such as <c>n900001.jpg</c> or <c>900001/image.png</c>.</param>
[JsonConverter(typeof(StringIdentityConverter<ImageReference>))]
public readonly record struct ImageReference(string Path) : IStringIdentity<ImageReference>
{
    /// <inheritdoc />
    string IStringIdentity<ImageReference>.Value => Path;

    /// <inheritdoc />
    public static ImageReference FromString(string value) => new(value);

    /// <inheritdoc />
    public override string ToString() => Path;
}
