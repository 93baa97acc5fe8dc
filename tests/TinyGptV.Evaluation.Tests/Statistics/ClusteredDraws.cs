using System.Globalization;

namespace TinyGptV.Evaluation.Tests.Statistics;

/// <summary>Simulated benchmarks with a known true mean: images with correlated questions.</summary>
/// <param name="images">How many images a benchmark has.</param>
/// <param name="size">Draws how many questions an image has.</param>
/// <param name="mean">The true mean.</param>
/// <param name="likeness">The correlation within images, 0 to 1.</param>
/// <param name="graded">Whether scores are those of VQA's soft accuracy (0, 0.3, 0.6, 0.9, 1) instead of 0 and 1.</param>
internal sealed class ClusteredDraws(int images, Func<SplitMix64, int> size, double mean, double likeness, bool graded)
{
    /// <summary>The number of simulated benchmarks: small by default, or set by <c>TINYGPTV_SIMULATIONS</c>.</summary>
    public static int Benchmarks { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("TINYGPTV_SIMULATIONS"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) ? asked : 2000;

    private static readonly double[] Grades = [0.3, 0.3, 0.6, 0.9, 1];

    public bool IsGraded => graded;

    /// <summary>The scores of one benchmark, one array for each image.</summary>
    public double[][] Draw(SplitMix64 random)
    {
        double[][] benchmark = new double[images][];
        for (int image = 0; image < images; image++)
        {
            double own = Score(random);
            benchmark[image] = new double[size(random)];
            // Each score is that of the image with a probability whose square is the correlation.
            for (int i = 0; i < benchmark[image].Length; i++)
                benchmark[image][i] = Unit(random) < Math.Sqrt(likeness) ? own : Score(random);
        }

        return benchmark;
    }

    /// <summary>A number in [0, 1).</summary>
    public static double Unit(SplitMix64 random) => (random.Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Sizes like GQA's: most near <paramref name="mean"/>, at least 1, some much larger.</summary>
    public static Func<SplitMix64, int> Unequal(double mean) => random => Math.Min(200, 1 + (int)(Math.Log(1 - Unit(random)) / Math.Log(1 - 1 / mean)));

    private double Score(SplitMix64 random) => !graded ? (Unit(random) < mean ? 1 : 0)
        : Unit(random) < mean / Grades.Average() ? Grades[random.Below(Grades.Length)] : 0;
}
