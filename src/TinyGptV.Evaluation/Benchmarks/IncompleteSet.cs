using System.Collections.Immutable;
using System.Globalization;

namespace TinyGptV.Evaluation.Benchmarks;

/// <summary>What the files of a benchmark lack, so that its results cover only a part. A sample limit does not count as incomplete.</summary>
public sealed record IncompleteSet
{
    private const int MostExamples = 5;

    /// <summary>The official size of the split if the files have fewer samples or images; otherwise null.</summary>
    public ExpectedCounts? Expected { get; init; }

    /// <summary>How many samples the files have.</summary>
    public required int Samples { get; init; }

    /// <summary>How many distinct images they use.</summary>
    public required int Images { get; init; }

    /// <summary>How many images of the evaluated samples are missing.</summary>
    public int MissingImages { get; init; }

    /// <summary>Examples of missing images, the first in ordinal order.</summary>
    public ImmutableArray<ImageReference> Examples { get; init; } = [];

    /// <summary>Compares a benchmark with its official size and checks its images.</summary>
    /// <param name="whole">The benchmark with all its samples.</param>
    /// <param name="limit">The sample limit, if any: then the sample count is not checked, and only the images of the chosen samples are needed.</param>
    /// <param name="missing">The missing images of the chosen samples.</param>
    /// <returns>What is missing; null if nothing.</returns>
    public static IncompleteSet? Of(Benchmark whole, int? limit, ImmutableArray<ImageReference> missing)
    {
        ArgumentNullException.ThrowIfNull(whole);
        int images = whole.Samples.Select(sample => sample.Image).Distinct().Count();
        ExpectedCounts? expected = limit < whole.Samples.Length ? null : whole.Definition.Expected;
        if (expected is not null && whole.Samples.Length >= expected.Samples && images >= (expected.Images ?? 0))
            expected = null;
        return expected is null && missing.IsEmpty ? null : new IncompleteSet
        {
            Expected = expected,
            Samples = whole.Samples.Length,
            Images = images,
            MissingImages = missing.Length,
            Examples = [.. missing.OrderBy(image => image.Path, StringComparer.Ordinal).Take(MostExamples)],
        };
    }

    /// <summary>What the results of a benchmark lack whose evaluated samples were all answered, so that no image is missing any more.</summary>
    /// <returns>The rest; null if nothing.</returns>
    public IncompleteSet? WithoutImages() => Expected is null ? null : this with { MissingImages = 0, Examples = [] };

    /// <summary>Describes what is missing, as part of a sentence.</summary>
    /// <returns>For example <c>398 of 500 samples found; 2 images are missing: img/1.png, img/2.png</c>.</returns>
    public string Describe() => string.Join("; ", Parts());

    /// <summary>Compares by value, including the examples.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>True if they are equal.</returns>
    public bool Equals(IncompleteSet? other) => other is not null
        && (Expected, Samples, Images, MissingImages) == (other.Expected, other.Samples, other.Images, other.MissingImages)
        && Examples.SequenceEqual(other.Examples);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Expected, Samples, Images, MissingImages, Examples.Length);

    private IEnumerable<string> Parts()
    {
        if (Expected is { } expected && Samples < expected.Samples)
            yield return string.Create(CultureInfo.InvariantCulture, $"{Samples:N0} of {expected.Samples:N0} samples found");
        if (Expected?.Images is { } official && Images < official)
            yield return string.Create(CultureInfo.InvariantCulture, $"the samples use {Images:N0} images, not {official:N0}");
        if (MissingImages > 0)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{MissingImages:N0} {(MissingImages == 1 ? "image is" : "images are")} missing: {string.Join(", ", Examples)}"
                + $"{(MissingImages > Examples.Length ? ", ..." : "")}");
    }
}
