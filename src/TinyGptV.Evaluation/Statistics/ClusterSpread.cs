namespace TinyGptV.Evaluation.Statistics;

/// <summary>The spread of clusters around their common mean.</summary>
internal readonly record struct ClusterSpread
{
    public required int Samples { get; init; }

    public required int Clusters { get; init; }

    /// <summary>The variance of the mean of all samples; NaN if there are fewer than two clusters.</summary>
    public required double Variance { get; init; }

    /// <summary>Degrees of freedom of <see cref="Variance"/>; the number of clusters less one if all have the same size.</summary>
    public required double Degrees { get; init; }

    /// <summary>How many clusters of equal size would weigh as much: 1 / (sum of squared shares of samples).</summary>
    public required double EvenClusters { get; init; }

    /// <summary>
    /// Whether intervals cover the true mean in clearly fewer than 95 of 100 simulated cases: the clusters are large, and so few or so unequal that
    /// the variance has fewer than 20 degrees of freedom, or that fewer than 10 of them would hold all right or all wrong answers.
    /// </summary>
    /// <param name="part">The mean as a fraction of the highest score.</param>
    /// <param name="isGraded">Whether there are scores between 0 and the highest.</param>
    public bool IsTooUneven(double part, bool isGraded)
    {
        const double leastDegrees = 20, leastClusters = 10;
        bool areLarge = Samples > 2 * Clusters;
        return (areLarge || isGraded) && Degrees < leastDegrees || areLarge && EvenClusters * Math.Min(part, 1 - part) < leastClusters;
    }

    /// <summary>
    /// The factor that reduces the effective sample size because the variance is itself estimated. 1 if each sample is its own cluster and scores are 0 or 1,
    /// since the mean then determines the variance.
    /// </summary>
    public double Caution(bool isGraded)
    {
        double ratio = (isGraded ? StudentT.Normal : StudentT.Quantile(Samples - 1)) / StudentT.Quantile(Degrees);
        return ratio * ratio;
    }

    /// <summary>
    /// The bias-reduced cluster-robust variance (CR2) of a mean, with the degrees of freedom of Bell and McCaffrey (2002), both in their closed form for a
    /// mean.
    /// </summary>
    /// <param name="clusters">The clusters, at least one.</param>
    public static ClusterSpread Of(ReadOnlySpan<ClusterTotal> clusters)
    {
        int samples = 0;
        double sum = 0;
        foreach (ClusterTotal cluster in clusters)
        {
            samples += cluster.Samples;
            sum += cluster.Sum;
        }

        if (clusters.Length < 2)
            return new ClusterSpread { Samples = samples, Clusters = clusters.Length, Variance = double.NaN, Degrees = double.NaN, EvenClusters = 1 };
        double mean = sum / samples, variance = 0, shares = 0, leverage = 0, leverageSquared = 0;
        foreach (ClusterTotal cluster in clusters)
        {
            double share = (double)cluster.Samples / samples, rest = cluster.Sum - mean * cluster.Samples;
            double pull = share * share / (1 - share);
            variance += rest * rest / (1 - share);
            shares += share * share;
            leverage += pull;
            leverageSquared += pull * pull;
        }

        return new ClusterSpread
        {
            Samples = samples,
            Clusters = clusters.Length,
            Variance = variance / samples / samples,
            EvenClusters = 1 / shares,
            Degrees = Math.Max(1, 1 / (shares + leverage * leverage - leverageSquared)),
        };
    }
}
