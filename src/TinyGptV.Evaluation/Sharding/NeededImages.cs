using System.Collections.Frozen;
using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>The images that a run needs of one benchmark, as the preflight found them.</summary>
/// <param name="Definition">The benchmark.</param>
/// <param name="Candidates">Some of the images that were found, spread over the folders they are in; a replica is asked to read them.</param>
/// <param name="Missing">The images that were not found.</param>
public sealed record NeededImages(BenchmarkDefinition Definition, ImmutableArray<ImageReference> Candidates, FrozenSet<ImageReference> Missing)
{
    /// <summary>The number of candidates per benchmark: enough for its folders, few enough to be read in moments.</summary>
    public const int MostCandidates = 8;

    /// <summary>Chooses the candidates of a benchmark.</summary>
    /// <param name="benchmark">The benchmark with the samples that are evaluated.</param>
    /// <param name="missing">The images that the preflight did not find.</param>
    /// <returns>The images; the same ones for the same benchmark.</returns>
    public static NeededImages Of(Benchmark benchmark, ImmutableArray<ImageReference> missing)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        var absent = missing.ToFrozenSet();
        ImageReference[] found = [.. benchmark.Samples.Select(sample => sample.Image).Distinct().Where(image => !absent.Contains(image))];
        return new NeededImages(benchmark.Definition, Spread(found), absent);
    }

    /// <summary>A mount can lack one folder and have another, so every folder is represented, unless there are too many.</summary>
    private static ImmutableArray<ImageReference> Spread(ImageReference[] found)
    {
        ImageReference[][] folders = [.. found.GroupBy(FolderOf).Select(folder => folder.ToArray())];
        return folders.Length is 0 or > MostCandidates
            ? [.. Evenly(found, MostCandidates)]
            : [.. folders.SelectMany(folder => Evenly(folder, MostCandidates / folders.Length))];
    }

    private static string FolderOf(ImageReference image) => image.Path[..(image.Path.LastIndexOf('/') + 1)];

    /// <summary>The first, the last, and evenly spaced ones in between.</summary>
    private static IEnumerable<ImageReference> Evenly(ImageReference[] images, int count) => images.Length <= count
        ? images
        : Enumerable.Range(0, count).Select(number => images[count == 1 ? 0 : (int)((long)number * (images.Length - 1) / (count - 1))]);
}
