using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class ClusteredMeanTests
{
    private const double Z = 1.959963984540054;

    private static Gen<(ImageReference Image, double Score)[]> SomeScores { get; } =
        Gen.Select(Gen.Int[0, 9].Select(image => new ImageReference($"{image}.jpg")), Gen.Int[0, 10].Select(tenths => tenths / 10.0)).Array[1, 60];

    // R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17 (1998), table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Of_RightOrWrong_EachImageOnce_IsWilsonsInterval(int right, int samples, double low, double high)
    {
        ClusteredMean mean = Each(samples, i => i < right ? 1 : 0);

        Assert.Equal((low, high), (Math.Round(mean.Interval!.Value.Low, 4), Math.Round(mean.Interval.Value.High, 4)));
        double p = (double)right / samples;
        Assert.Equal(Math.Sqrt(p * (1 - p) / (samples - 1)), mean.StandardError!.Value, precision: 14);
    }

    [Fact]
    public void Of_GradedScores_EachImageOnce_HasTheStandardErrorOfAMean()
    {
        double[] scores = [0, 0.3, 0.6, 0.9, 1, 1, 0, 0.3];
        double average = scores.Average(), variance = scores.Sum(score => (score - average) * (score - average)) / 7;

        ClusteredMean mean = Each(8, i => scores[i]);

        Assert.Equal(average, mean.Value);
        Assert.Equal(Math.Sqrt(variance / 8), mean.StandardError!.Value, precision: 14);
    }

    [Fact]
    public void Of_ImagesOfOneSize_HasTheStandardErrorOfTheirMeans()
    {
        double[] means = [0, 0.25, 0.5, 1, 0.75, 0.5];

        ClusteredMean mean = ClusteredMean.Of(means.SelectMany((m, image) => Enumerable.Range(0, 4).Select(i => (Image(image), i < m * 4 ? 1.0 : 0))));

        Assert.Equal((24, 6), (mean.Samples, mean.Clusters));
        Assert.Equal(Math.Sqrt(means.Sum(m => (m - 0.5) * (m - 0.5)) / 5 / 6), mean.StandardError!.Value, precision: 14);
        Assert.Equal(5, ClusterSpread.Of([.. means.Select(m => new ClusterTotal(4, 4 * m))]).Degrees, precision: 12);
    }

    /// <summary>The matrix definition, step by step: residuals of each cluster times (I - H)^(-1/2), and the moments of that quadratic form.</summary>
    [Fact]
    public void Spread_OfUnequalClusters_IsCr2WithTheDegreesOfBellAndMcCaffrey()
    {
        ClusterTotal[] clusters = [new(1, 1), new(2, 0.5), new(7, 3), new(4, 4), new(1, 0)];
        double n = clusters.Sum(c => c.Samples), mean = clusters.Sum(c => c.Sum) / n;
        // Row g of this matrix has the weights of all samples' errors in cluster g's adjusted, scaled residual sum.
        int[] owner = [.. clusters.SelectMany((c, g) => Enumerable.Repeat(g, c.Samples))];
        double[][] weights = [.. clusters.Select((c, g) => owner.Select(o => ((o == g ? 1 : 0) - c.Samples / n) / Math.Sqrt(1 - c.Samples / n) / n).ToArray())];
        double[,] products = new double[5, 5];
        for (int g = 0; g < 5; g++)
            for (int h = 0; h < 5; h++)
                products[g, h] = weights[g].Zip(weights[h], (a, b) => a * b).Sum();
        double trace = Enumerable.Range(0, 5).Sum(g => products[g, g]), squares = products.Cast<double>().Sum(value => value * value);

        ClusterSpread spread = ClusterSpread.Of(clusters);

        Assert.Equal(clusters.Sum(c => Math.Pow(c.Sum - mean * c.Samples, 2) / (1 - c.Samples / n)) / n / n, spread.Variance, precision: 14);
        Assert.Equal(trace * trace / squares, spread.Degrees, precision: 10);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Of_AllWrongOrAllRight_IsAsUncertainAsThereAreImages(double score)
    {
        ClusteredMean mean = ClusteredMean.Of(Enumerable.Range(0, 100).Select(i => (Image(i / 5), score)));

        double width = Z * Z / (20 + Z * Z); // Wilson's interval of 0 of 20
        double t = StudentT.Quantile(19) / StudentT.Quantile(99), cautious = Z * Z / (20 / (t * t) + Z * Z);
        Assert.True(cautious > width);
        Assert.Equal(score == 0 ? 0 : 1 - cautious, mean.Interval!.Value.Low, precision: 12);
        Assert.Equal(score == 0 ? cautious : 1, mean.Interval.Value.High, precision: 12);
        Assert.Equal(0, mean.StandardError);
    }

    [Fact]
    public void Of_OneImage_HasNoError() => Assert.Equal((0.75, null, null), Errors(ClusteredMean.Of([(Image(1), 1), (Image(1), 0.5)])));

    [Fact]
    public void Of_Nothing_HasNoValue() => Assert.Equal((null, null, null), Errors(ClusteredMean.Of([])));

    [Fact]
    public void Of_MissingSamples_AreImagesOfTheirOwnThatScoreNothing()
    {
        ClusteredMean expected = Each(9, i => i < 4 ? 1 : 0);

        Assert.Equal(expected, ClusteredMean.Of(Enumerable.Range(0, 6).Select(i => (Image(i), i < 4 ? 1.0 : 0)), missing: 3));
        Assert.Equal((0.0, 0.0), (ClusteredMean.Of([], missing: 3).Value, ClusteredMean.Of([], missing: 3).StandardError));
    }

    [Fact]
    public void Of_QuestionsOfOneImageThatAgree_CountAsOne()
    {
        ClusteredMean once = Each(40, i => i % 3 == 0 ? 1 : 0);

        ClusteredMean often = ClusteredMean.Of(Enumerable.Range(0, 400).Select(i => (Image(i / 10), i / 10 % 3 == 0 ? 1.0 : 0)));

        Assert.Equal(once.StandardError!.Value, often.StandardError!.Value, precision: 12);
        Assert.True(often.Interval!.Value.High - often.Interval.Value.Low > once.Interval!.Value.High - once.Interval.Value.Low);
    }

    [Fact]
    public void Of_AnyScores_IntervalHoldsTheValueInsideTheRange() => SomeScores.Sample(scores =>
    {
        ClusteredMean mean = ClusteredMean.Of(scores);
        return mean.Interval is not { } interval || 0 <= interval.Low && interval.Low <= mean.Value && mean.Value <= interval.High && interval.High <= 1;
    });

    [Fact]
    public void Of_OtherOrder_IsTheSame() => SomeScores.SelectMany(scores => Gen.Shuffle(scores).Select(shuffled => (scores, shuffled)))
        .Sample(pair => IsClose(ClusteredMean.Of(pair.scores), ClusteredMean.Of(pair.shuffled)));

    [Fact]
    public void Of_TwiceTheScores_IsTwiceAsWide()
    {
        ClusteredMean one = Each(50, i => i < 20 ? 1 : 0), two = Each(50, i => i < 20 ? 2 : 0);

        Assert.Equal(2 * one.StandardError!.Value, two.StandardError!.Value, precision: 12);
        Assert.Equal(2 * one.Interval!.Value.Low, two.Interval!.Value.Low, precision: 12);
        Assert.Equal(2 * one.Interval.Value.High, two.Interval.Value.High, precision: 12);
    }

    private static bool IsClose(ClusteredMean a, ClusteredMean b) =>
        a.Clusters == b.Clusters && IsClose(a.Value, b.Value) && IsClose(a.StandardError, b.StandardError)
            && IsClose(a.Interval?.Low, b.Interval?.Low) && IsClose(a.Interval?.High, b.Interval?.High);

    private static bool IsClose(double? a, double? b) => a is null ? b is null : Math.Abs(a.Value - b!.Value) < 1e-7;

    private static (double?, double?, Interval?) Errors(ClusteredMean mean) => (mean.Value, mean.StandardError, mean.Interval);

    private static ClusteredMean Each(int samples, Func<int, double> score) => ClusteredMean.Of(Enumerable.Range(0, samples).Select(i => (Image(i), score(i))));

    private static ImageReference Image(int number) => new($"{number}.jpg");
}
