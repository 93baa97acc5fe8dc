using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Statistics;

/// <summary>The sums of a cluster: samples about one image, which can be correlated.</summary>
/// <param name="Samples">How many samples it has, at least 1.</param>
/// <param name="Sum">The sum of their scores.</param>
internal readonly record struct ClusterTotal(int Samples, double Sum)
{
    /// <summary>Sums scores by image. Every missing sample is its own cluster that scores 0, since its image is unknown.</summary>
    /// <param name="scores">The scores, in any order of images.</param>
    /// <param name="missing">How many samples have no score.</param>
    /// <returns>The clusters, in ordinal order of images.</returns>
    public static ClusterTotal[] Of(IEnumerable<(ImageReference Image, double Score)> scores, int missing)
    {
        var totals = new Dictionary<ImageReference, ClusterTotal>();
        foreach ((ImageReference image, double score) in scores)
        {
            ClusterTotal total = totals.GetValueOrDefault(image);
            totals[image] = new ClusterTotal(total.Samples + 1, total.Sum + score);
        }

        return
        [
            .. totals.OrderBy(pair => pair.Key.Path, StringComparer.Ordinal).Select(pair => pair.Value),
            .. Enumerable.Repeat(new ClusterTotal(1, 0), missing),
        ];
    }
}
