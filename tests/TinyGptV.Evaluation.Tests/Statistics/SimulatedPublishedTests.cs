using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

/// <summary>
/// A run that is as good as the published model on five benchmarks: at most about 5 of 100 rows have a difference that is called real. Treating the published
/// answers as independent and the benchmarks one by one, there are several times as many.
/// </summary>
public sealed class SimulatedPublishedTests
{
    private static readonly ClusteredDraws[] Row =
    [
        new(100, ClusteredDraws.Unequal(8), 0.389, 0.2, graded: false),
        new(200, ClusteredDraws.Unequal(1.7), 0.547, 0.1, graded: false),
        new(150, _ => 1, 0.447, 0, graded: false),
        new(150, _ => 1, 0.378, 0, graded: true),
        new(60, _ => 5, 0.54, 0.3, graded: false),
    ];

    [Fact]
    public void Row_OfARunThatIsAsGood_IsSeldomCalledDifferent()
    {
        var random = new SplitMix64(13);
        int rows = ClusteredDraws.Benchmarks / 2, called = 0, calledAlone = 0, calledAsIndependent = 0;
        for (int row = 0; row < rows; row++)
        {
            PublishedDifference[] differences = [.. Row.Select(draws => Draw(draws, random))];
            double?[] adjusted = [.. HolmAdjustment.Adjust([.. differences.Select(difference => difference.PValue)])];
            called += differences.Zip(adjusted).Any(pair => (pair.First with { AdjustedPValue = pair.Second }).IsLarger is true) ? 1 : 0;
            calledAlone += differences[0].IsLarger is true ? 1 : 0;
            calledAsIndependent += differences.Any(IsCalledAsIndependent) ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"of {rows} rows {100.0 * called / rows:F1} % called, {100.0 * calledAlone / rows:F1} % on one benchmark, "
            + $"as independent {100.0 * calledAsIndependent / rows:F1} %");
        Assert.InRange((double)called / rows, 0.01, 0.06);
        Assert.InRange((double)calledAlone / rows, 0.01, 0.065);
        Assert.InRange((double)calledAsIndependent / rows, 0.15, 1);
    }

    private static PublishedDifference Draw(ClusteredDraws draws, SplitMix64 random)
    {
        ClusterTotal[] ours = Clusters(draws, random), published = Clusters(draws, random);
        Measurement measured = ClusteredMean.Of(ours, ours.Sum(image => image.Sum), new ScoreRange(1, draws.IsGraded)).ToMeasurement("accuracy");
        double other = published.Sum(image => image.Sum) / published.Sum(image => image.Samples);
        return PublishedDifference.Of(measured, other, measured.Samples, ours.Length)!;
    }

    private static bool IsCalledAsIndependent(PublishedDifference difference)
    {
        double published = difference.PublishedHalfWidth / Math.Sqrt(difference.DesignEffect);
        double own = Math.Sqrt(difference.HalfWidth!.Value * difference.HalfWidth.Value - difference.PublishedHalfWidth * difference.PublishedHalfWidth);
        return Math.Abs(difference.Value) > Math.Sqrt(published * published + own * own);
    }

    private static ClusterTotal[] Clusters(ClusteredDraws draws, SplitMix64 random) =>
        [.. draws.Draw(random).Select(image => new ClusterTotal(image.Length, image.Sum()))];
}
