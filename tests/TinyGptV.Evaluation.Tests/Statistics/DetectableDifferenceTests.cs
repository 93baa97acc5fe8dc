using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class DetectableDifferenceTests
{
    [Theory]
    [InlineData(1222, 0.30)]
    [InlineData(500, 0.40)]
    [InlineData(12578, 0.15)]
    public void Of_IsWhatConnorsFormulaNeedsSoManySamplesFor(int samples, double changed)
    {
        double difference = DetectableDifference.Of(samples, changed)!.Value;

        double needed = Math.Pow(1.959963984540054 * Math.Sqrt(changed) + 0.8416212335729143 * Math.Sqrt(changed - difference * difference), 2) / (
            difference * difference);
        Assert.Equal(samples, needed, tolerance: 1e-3 * samples);
    }

    [Theory]
    [InlineData(1222, 0.30)]
    [InlineData(500, 0.10)]
    [InlineData(300, 0.005)] // where fewer changed than can show anything
    public void Of_IsFoundByTheTestInFourOfFiveSets(int samples, double changed)
    {
        double difference = DetectableDifference.Of(samples, changed)!.Value, share = Math.Max(changed, difference);
        var random = new SplitMix64(3);
        int found = 0, sets = ClusteredDraws.Benchmarks;
        for (int set = 0; set < sets; set++)
        {
            int better = 0, worse = 0;
            for (int i = 0; i < samples; i++)
            {
                double u = ClusteredDraws.Unit(random);
                if (u < (share + difference) / 2)
                    better++;
                else if (u < share)
                    worse++;
            }

            if (McNemarTest.PValue(better, worse) < 0.05)
                found++;
        }

        // The exact test is slightly more conservative than the formula's normal distribution, especially with few changes.
        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * found / sets:F2} % of {sets} found {difference}");
        Assert.InRange((double)found / sets, 0.74, 0.84);
    }

    [Fact]
    public void Of_TooFewSamples_ShowNothing()
    {
        Assert.Null(DetectableDifference.Of(3, 0.5));
        Assert.NotNull(DetectableDifference.Of(10, 0.5));
    }

    [Fact]
    public void OfError_IsWhatASetFindsInFourOfFive() =>
        // 97.5 % and 80 % quantiles of the normal distribution.
        Assert.Equal((1.959964 + 0.841621) * 0.02, DetectableDifference.OfError(0.02), tolerance: 1e-7);

    [Fact]
    public void Of_MoreSamples_ShowLess()
    {
        double?[] found = [.. new[] { 50, 100, 1000, 10_000, 100_000 }.Select(samples => DetectableDifference.Of(samples, 0.2))];

        Assert.Equal(found.OrderDescending(), found);
        Assert.Equal(found.Length, found.Distinct().Count());
    }
}
