using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Cli.Verbs;

/// <summary>The files found for a benchmark, compared with what is expected.</summary>
internal sealed record BenchmarkVerdict
{
    public required BenchmarkName Benchmark { get; init; }

    public required string Split { get; init; }

    /// <summary>True if the counts are the official ones (where known) and every image is present and can be decoded.</summary>
    public bool IsComplete =>
        (Expected is null || (Samples == Expected.Samples && (Expected.Images ?? Images) == Images)) && Missing.IsEmpty && Undecodable.IsEmpty;

    /// <summary>The official counts; null if unknown.</summary>
    public ExpectedCounts? Expected { get; init; }

    public required int Samples { get; init; }

    public required int Images { get; init; }

    /// <summary>Images that are in none of the benchmark's folders, in sample order.</summary>
    public required ImmutableArray<ImageReference> Missing { get; init; }

    /// <summary>Archives beside the expected files that were not unpacked, if an image is missing; null if none.</summary>
    public ImmutableArray<string>? Packed { get; init; }

    /// <summary>Images that cannot be read or decoded, in ordinal order.</summary>
    public required ImmutableArray<ImageDefect> Undecodable { get; init; }

    /// <summary>SHA-256 of every annotation file by path, in lower-case hexadecimal.</summary>
    public required ImmutableSortedDictionary<string, string> Digests { get; init; }

    /// <summary>
    /// SHA-256 over the names and digests of all images, in ordinal order of the names: equal for equal sets. Null if an image is missing or cannot be read.
    /// </summary>
    public string? ImagesDigest { get; init; }
}

/// <summary>An image that cannot be used.</summary>
/// <param name="Image">The image, as the annotations name it.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record ImageDefect(ImageReference Image, string Problem);
