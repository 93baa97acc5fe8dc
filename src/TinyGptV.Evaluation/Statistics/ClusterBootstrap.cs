using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>A statistic of resampled data, in which each sample can count several times or not at all.</summary>
/// <param name="counts">How often each sample counts, in the given sample order.</param>
/// <returns>The statistic; null if undefined for these counts.</returns>
public delegate double? ResampledStatistic(ReadOnlySpan<int> counts);

/// <summary>
/// The percentile bootstrap over images, for statistics other than means: it draws as many images as there are, with replacement, each with all its samples.
/// The draws depend only on the images, not on sample order or machine.
/// </summary>
public static class ClusterBootstrap
{
    /// <summary>The number of draws. With 1,999 the ends of the interval are the 50th values from either end.</summary>
    public const int Replicates = 1999;

    // If too many draws lack the statistic, its spread means little.
    private const double LeastDefined = 0.9;

    private const ulong Seed = 0x7469_6E79_6770_7476;

    /// <summary>The spread of a statistic over draws of images.</summary>
    /// <param name="images">Each sample's image.</param>
    /// <param name="statistic">The statistic.</param>
    /// <returns>Standard error and interval; null with fewer than two images, or if too few draws have the statistic.</returns>
    public static (double StandardError, Interval Interval)? Spread(ImmutableArray<ImageReference> images, ResampledStatistic statistic)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        return SpreadOf(Draw(images, statistic));
    }

    /// <summary>Standard error and interval of the drawn values; null if too few draws have the statistic.</summary>
    internal static (double StandardError, Interval Interval)? SpreadOf(double[] ascending)
    {
        if (ascending.Length < Replicates * LeastDefined)
            return null;
        double mean = ascending.Average();
        return (Math.Sqrt(ascending.Sum(value => (value - mean) * (value - mean)) / (ascending.Length - 1)), Percentiles(ascending));
    }

    /// <summary>The statistic of every draw that has one, in ascending order; empty with fewer than two images.</summary>
    internal static double[] Draw(ImmutableArray<ImageReference> images, ResampledStatistic statistic)
    {
        int[] clusters = NumberClusters(images, out int count);
        if (count < 2)
            return [];
        var random = new SplitMix64(Seed);
        int[] drawn = new int[count], counts = new int[images.Length];
        var values = new List<double>(Replicates);
        for (int replicate = 0; replicate < Replicates; replicate++)
        {
            Array.Clear(drawn);
            for (int i = 0; i < count; i++)
                drawn[random.Below(count)]++;
            for (int i = 0; i < counts.Length; i++)
                counts[i] = drawn[clusters[i]];
            if (statistic(counts) is { } value)
                values.Add(value);
        }

        values.Sort();
        return [.. values];
    }

    internal static Interval Percentiles(ReadOnlySpan<double> ascending)
    {
        int tail = Math.Max(1, (int)((ascending.Length + 1) * 0.025));
        return new Interval(ascending[tail - 1], ascending[^tail]);
    }

    /// <summary>The index of each sample's image among all images in ordinal order.</summary>
    private static int[] NumberClusters(ImmutableArray<ImageReference> images, out int count)
    {
        Dictionary<ImageReference, int> numbers = images.Distinct().OrderBy(image => image.Path, StringComparer.Ordinal)
            .Select((image, number) => (image, number)).ToDictionary(pair => pair.image, pair => pair.number);
        count = numbers.Count;
        return [.. images.Select(image => numbers[image])];
    }
}
