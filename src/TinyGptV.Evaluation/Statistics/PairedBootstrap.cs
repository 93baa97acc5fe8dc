namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// The paired bootstrap over images for graded scores: images are drawn with replacement, each with the changes of all its samples. The drawn mean
/// changes, each in units of its own standard error, show how much a mean change varies by chance.
/// </summary>
internal static class PairedBootstrap
{
    /// <summary>The number of draws; the smallest p-value is 1 / (draws + 1).</summary>
    public const int Replicates = 9999;

    /// <summary>Tolerance for rounding: sums differ in the last bits by the order of addition, while scores differ by far more.</summary>
    private const double Rounding = 1e-12;

    private const ulong Seed = 0x7061_6972_6564_2121;

    /// <summary>The probability of a mean change at least as many standard errors from 0 if the true one were 0.</summary>
    /// <param name="changes">The changes of scores by image, at least two images, in a reproducible order.</param>
    /// <param name="draws">The number of draws. Default: <see cref="Replicates"/>.</param>
    /// <returns>The two-sided probability; 1 if nothing changed.</returns>
    public static double PValue(ReadOnlySpan<ClusterTotal> changes, int draws = Replicates)
    {
        (double mean, double error) = Mean(changes, 0);
        if (Math.Abs(mean) < Rounding)
            return 1;
        double observed = error == 0 ? double.PositiveInfinity : Math.Abs(mean / error);
        var random = new SplitMix64(Seed);
        var drawn = new ClusterTotal[changes.Length];
        int asFar = 0;
        for (int replicate = 0; replicate < draws; replicate++)
        {
            for (int i = 0; i < drawn.Length; i++)
                drawn[i] = changes[random.Below(drawn.Length)];
            (double shift, double ownError) = Mean(drawn, mean);
            if (Math.Abs(shift) >= observed * ownError - Rounding)
                asFar++;
        }

        return (asFar + 1.0) / (draws + 1);
    }

    /// <summary>The distance of the mean from another, and its standard error.</summary>
    private static (double Distance, double Error) Mean(ReadOnlySpan<ClusterTotal> clusters, double other)
    {
        long samples = 0;
        double sum = 0;
        foreach (ClusterTotal cluster in clusters)
        {
            samples += cluster.Samples;
            sum += cluster.Sum;
        }

        double mean = sum / samples, squares = 0;
        foreach (ClusterTotal cluster in clusters)
        {
            double rest = cluster.Sum - mean * cluster.Samples;
            squares += rest * rest;
        }

        return (mean - other, Math.Sqrt(squares) / samples);
    }
}
