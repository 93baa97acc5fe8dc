using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

/// <summary>
/// 95 % intervals contain the true mean in 93 to 97 of 100 simulated benchmarks. <c>docs/statistics.md</c> has the figures of larger simulations:
/// <c>TINYGPTV_SIMULATIONS=20000 dotnet test --project tests/TinyGptV.Evaluation.Tests</c>.
/// </summary>
public sealed class SimulatedCoverageTests
{
    [Theory]
    [InlineData(300, 1, 0.55, 0, false)] // VSR, a question an image
    [InlineData(300, 1, 0.38, 0, true)] // VizWiz
    [InlineData(40, 1, 0.5, 0, false)] // a slice
    [InlineData(200, 1, 0.1, 0, false)]
    [InlineData(100, 5, 0.6, 0.1, true)] // VQAv2
    [InlineData(100, 5, 0.6, 0.5, true)]
    [InlineData(750, 8, 0.9, 0.2, false)] // RefCOCO
    [InlineData(30, 5, 0.4, 0.3, false)]
    [InlineData(20, 3, 0.5, 0.9, false)]
    public void Mean_ImagesOfOneSize(int images, int size, double mean, double likeness, bool graded) =>
        AssertCovers(new ClusteredDraws(images, _ => size, mean, likeness, graded), mean);

    [Theory]
    [InlineData(398, 31.6, 0.389, 0.05, false)] // GQA testdev
    [InlineData(398, 31.6, 0.389, 0.3, false)]
    [InlineData(100, 31.6, 0.389, 0.05, false)]
    [InlineData(200, 1.7, 0.547, 0.1, false)] // VSR zero-shot
    [InlineData(100, 5.3, 0.6, 0.2, true)]
    public void Mean_ImagesOfUnequalSizes(int images, double size, double mean, double likeness, bool graded) =>
        AssertCovers(new ClusteredDraws(images, ClusteredDraws.Unequal(size), mean, likeness, graded), mean);

    /// <summary>Why clustering matters: if all questions were treated as independent, coverage would be about half.</summary>
    [Fact]
    public void Mean_WithoutClusters_WouldBeFarTooSure()
    {
        var draws = new ClusteredDraws(100, ClusteredDraws.Unequal(31.6), 0.389, 0.3, graded: false);

        Assert.InRange(
            Coverage(draws, 0.389, benchmark => Interval(benchmark.SelectMany(image => image).Select(score => new ClusterTotal(1, score)), isGraded: false)),
            0.2, 0.6);
    }

    [Fact]
    public void Bootstrap_OfAMean_ImagesOfUnequalSizes()
    {
        var draws = new ClusteredDraws(40, ClusteredDraws.Unequal(2), 0.5, 0.2, graded: false);

        double coverage = Coverage(draws, 0.5, scores =>
        {
            ImmutableArray<ImageReference> images = [.. scores.SelectMany((image, i) => image.Select(_ => new ImageReference($"{i}.jpg")))];
            double[] all = [.. scores.SelectMany(image => image)];
            return ClusterBootstrap.Spread(images, counts => Mean(all, counts))!.Value.Interval;
        }, ClusteredDraws.Benchmarks / 5);

        Assert.InRange(coverage, 0.93, 0.97);
    }

    [Fact]
    public void Bootstrap_OfTheAreaUnderTheRocCurve()
    {
        // The maximum of two numbers from 0 to 1 beats a third number in 2 of 3 cases.
        var random = new SplitMix64(5);
        ImmutableArray<ImageReference> images = [.. Enumerable.Range(0, 160).Select(i => new ImageReference($"{i}.jpg"))];
        bool[] labels = [.. images.Select((_, i) => i % 2 == 0)];
        int held = 0, benchmarks = ClusteredDraws.Benchmarks / 5;
        for (int benchmark = 0; benchmark < benchmarks; benchmark++)
        {
            double[] scores = [.. labels.Select(
                label => label ? Math.Max(ClusteredDraws.Unit(random), ClusteredDraws.Unit(random)) : ClusteredDraws.Unit(random))];
            Interval interval = ClusterBootstrap.Spread(images, new RankedLabels(scores, labels).RocAuc)!.Value.Interval;
            if (interval.Low <= 2.0 / 3 && 2.0 / 3 <= interval.High)
                held++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * held / benchmarks:F2} % of {benchmarks}");
        Assert.InRange((double)held / benchmarks, 0.93, 0.97);
    }

    [Theory]
    [InlineData(40, 8)]
    [InlineData(60, 2)]
    [InlineData(80, 8)]
    public void RocAuc_OfFewSamples(int samples, int draws)
    {
        // The largest of several numbers from 0 to 1 beats another one in n of n + 1 cases. A quarter of the samples has the label.
        double truth = draws / (draws + 1.0);
        var random = new SplitMix64(5);
        int held = 0, benchmarks = ClusteredDraws.Benchmarks / 10;
        for (int benchmark = 0; benchmark < benchmarks; benchmark++)
        {
            ScoredSample[] scored = [.. Enumerable.Range(0, samples).Select(i => new ScoredSample(
                Predictions.Generated("hm", $"{i}", i % 4 == 0 ? "yes" : "no", "yes"),
                new Score(0, Probability: Enumerable.Range(0, i % 4 == 0 ? draws : 1).Max(_ => ClusteredDraws.Unit(random))),
                IsAnswered: true))];
            Measurement measured = new RocAuc("yes").Measure(scored, missing: 0);
            if (measured.Interval!.Value.Low <= truth && truth <= measured.Interval.Value.High)
                held++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * held / benchmarks:F2} % of {benchmarks}");
        Assert.InRange((double)held / benchmarks, 0.935, 0.995);
    }

    /// <summary>Where coverage is poor, the interval says so; where it is good, it does not.</summary>
    [Theory]
    [InlineData(30, 31.6, 0.03, 0.3, true)]
    [InlineData(15, 8, 0.9, 0.3, true)]
    [InlineData(398, 31.6, 0.389, 0.3, false)]
    [InlineData(200, 1.7, 0.547, 0.1, false)]
    public void Mean_IntervalThatCannotBeTrusted_SaysSo(int images, double size, double mean, double likeness, bool unreliable)
    {
        var draws = new ClusteredDraws(images, ClusteredDraws.Unequal(size), mean, likeness, graded: false);
        var random = new SplitMix64(3);
        int held = 0, warned = 0, benchmarks = ClusteredDraws.Benchmarks / 4;
        for (int i = 0; i < benchmarks; i++)
        {
            ClusterTotal[] clusters = [.. draws.Draw(random).Select(image => new ClusterTotal(image.Length, image.Sum()))];
            Measurement measured = ClusteredMean.Of(clusters, clusters.Sum(cluster => cluster.Sum), new ScoreRange(1, false)).ToMeasurement("accuracy");
            held += measured.Interval!.Value.Low <= mean && mean <= measured.Interval.Value.High ? 1 : 0;
            warned += measured.Caution is not null ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * held / benchmarks:F2} % covered, {100.0 * warned / benchmarks:F2} % warned");
        Assert.Equal(unreliable ? benchmarks : 0, warned);
        Assert.InRange((double)held / benchmarks, unreliable ? 0.4 : 0.92, unreliable ? 0.92 : 0.98);
    }

    private static void AssertCovers(ClusteredDraws draws, double mean) => Assert.InRange(
        Coverage(draws, mean, benchmark => Interval(benchmark.Select(image => new ClusterTotal(image.Length, image.Sum())), draws.IsGraded)), 0.93, 0.97);

    private static Interval? Interval(IEnumerable<ClusterTotal> benchmark, bool isGraded)
    {
        ClusterTotal[] clusters = [.. benchmark];
        return ClusteredMean.Of(clusters, clusters.Sum(cluster => cluster.Sum), new ScoreRange(1, isGraded)).Interval;
    }

    private static double Coverage(ClusteredDraws draws, double mean, Func<double[][], Interval?> interval, int? benchmarks = null)
    {
        var random = new SplitMix64(20240801);
        int count = benchmarks ?? ClusteredDraws.Benchmarks, held = 0;
        for (int i = 0; i < count; i++)
        {
            if (interval(draws.Draw(random)) is { } found && found.Low <= mean && mean <= found.High)
                held++;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{100.0 * held / count:F2} % of {count}");
        return (double)held / count;
    }

    private static double? Mean(double[] values, ReadOnlySpan<int> counts)
    {
        double sum = 0;
        int drawn = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i] * values[i];
            drawn += counts[i];
        }

        return sum / drawn;
    }
}
