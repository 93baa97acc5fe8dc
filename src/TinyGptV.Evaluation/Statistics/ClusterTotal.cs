using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>What statistics of a mean need to know of a cluster: samples that may resemble each other because they are about one image.</summary>
/// <param name="Samples">How many samples it has, at least 1.</param>
/// <param name="Sum">The sum of their scores.</param>
internal readonly record struct ClusterTotal(int Samples, double Sum)
{
    /// <summary>Sums up scores by image; every missing sample is a cluster of its own that scores 0, since nothing is known of its image.</summary>
    /// <param name="scores">The scores, in any order of images.</param>
    /// <param name="missing">How many samples more there are.</param>
    /// <returns>The clusters, in ordinal order of images.</returns>
    public static ClusterTotal[] Of(IEnumerable<(ImageReference Image, double Score)> scores, int missing)
    {
        var totals = new Dictionary<ImageReference, ClusterTotal>();
        foreach ((ImageReference image, double score) in scores)
        {
            ClusterTotal total = totals.GetValueOrDefault(image);
            totals[image] = new ClusterTotal(total.Samples + 1, total.Sum + score);
        }

        return [.. totals.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal).Select(pair => pair.Value), .. Enumerable.Repeat(new ClusterTotal(1, 0), missing)];
    }
}
