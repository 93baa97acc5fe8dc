using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class ClusterBootstrapTests
{
    private static readonly ImmutableArray<ImageReference> Images = [.. Enumerable.Range(0, 600).Select(i => new ImageReference($"{i / 3:D3}.jpg"))];
    private static readonly double[] Scores = [.. Enumerable.Range(0, 600).Select(i => i * 7919 % 600 < 240 ? 1.0 : 0)];

    [Fact]
    public void Spread_OfAMean_AgreesWithTheClosedForm()
    {
        ClusteredMean closed = ClusteredMean.Of(Images.Zip(Scores));

        (double error, Interval interval) = ClusterBootstrap.Spread(Images, counts => MeanOf(Scores, counts))!.Value;

        Assert.Equal(closed.StandardError!.Value, error, tolerance: 0.05 * closed.StandardError.Value);
        Assert.Equal(closed.Interval!.Value.Low, interval.Low, tolerance: 0.1 * closed.StandardError.Value * 1.96);
        Assert.Equal(closed.Interval.Value.High, interval.High, tolerance: 0.1 * closed.StandardError.Value * 1.96);
    }

    [Fact]
    public void Spread_ImagesAreDrawnWithAllTheirSamples() => ClusterBootstrap.Spread(Images, counts =>
    {
        for (int i = 0; i < counts.Length; i += 3)
            Assert.True(counts[i] == counts[i + 1] && counts[i] == counts[i + 2]);
        int drawn = 0;
        foreach (int count in counts)
            drawn += count;
        Assert.Equal(600, drawn);
        return 0;
    });

    [Fact]
    public void Spread_DependsOnNeitherTheOrderOfSamplesNorTheMachine()
    {
        int[] order = [.. Enumerable.Range(0, 600).OrderBy(i => i * 7907 % 601)];
        double[] scores = [.. order.Select(i => Scores[i])];

        var spread = ClusterBootstrap.Spread(Images, counts => MeanOf(Scores, counts));

        Assert.Equal(spread, ClusterBootstrap.Spread([.. order.Select(i => Images[i])], counts => MeanOf(scores, counts)));
        Assert.Equal(new Interval(0.36333333333333334, 0.43333333333333335), spread!.Value.Interval);
    }

    [Fact]
    public void Draw_TwoImages_HasEveryReplicate() => Assert.Equal(1999, ClusterBootstrap.Draw([Images[0], Images[3]], _ => 1).Length);

    [Fact]
    public void SpreadOf_Draws_IsTheirStandardDeviation()
    {
        double[] draws = [.. Enumerable.Range(0, 1999).Select(i => i / 1000.0)];

        // Of 0, 1, ... n - 1, the variance with n - 1 in the denominator is n (n + 1) / 12.
        Assert.Equal(Math.Sqrt(1999.0 * 2000 / 12) / 1000, ClusterBootstrap.SpreadOf(draws)!.Value.StandardError, precision: 10);
        Assert.Equal(new Interval(0.049, 1.949), ClusterBootstrap.SpreadOf(draws)!.Value.Interval);
    }

    [Fact]
    public void Percentiles_FewerDraws_AreTheFortiethPartFromEitherEnd()
    {
        double[] draws = [.. Enumerable.Range(1, 79).Select(i => (double)i)];

        Assert.Equal(new Interval(2, 78), ClusterBootstrap.Percentiles(draws));
        Assert.Equal(new Interval(1, 78), ClusterBootstrap.Percentiles(draws[..78]));
    }

    [Fact]
    public void ClusterTotals_AreSumsInOrdinalOrderOfImages_AndOneForEachMissingSample() => Assert.Equal(
        [new(1, 0.5), new(2, 2), new(1, 0), new(1, 0)],
        ClusterTotal.Of([(new ImageReference("a"), 1.0), (new ImageReference("B"), 0.5), (new ImageReference("a"), 1.0)], missing: 2));

    [Fact]
    public void Spread_FewerThanTwoImages_IsNotKnown()
    {
        Assert.Null(ClusterBootstrap.Spread([], _ => 1));
        Assert.Null(ClusterBootstrap.Spread([Images[0], Images[1]], _ => 1));
    }

    [Fact]
    public void Spread_DrawsWithoutTheStatisticAreLeftOut_UnlessTheyAreMany()
    {
        int call = 0;
        Assert.Equal(new Interval(1, 1), ClusterBootstrap.Spread(Images, _ => call++ % 20 == 0 ? null : 1)!.Value.Interval);
        Assert.Null(ClusterBootstrap.Spread(Images, _ => call++ % 5 == 0 ? null : 1));
    }

    [Fact]
    public void Percentiles_CutOffTheSameShareOnBothSides()
    {
        Assert.Equal(new Interval(50, 1950), ClusterBootstrap.Percentiles([.. Enumerable.Range(1, 1999).Select(i => (double)i)]));
        Assert.Equal(new Interval(1, 3), ClusterBootstrap.Percentiles([1, 2, 3]));
    }

    [Fact]
    public void WithBootstrap_MeasurementWithoutValue_StaysAsItIs()
    {
        ImmutableArray<ScoredSample> samples = [.. Enumerable.Range(0, 20).Select(
            i => new ScoredSample(Predictions.Generated("gqa", $"{i}", "yes", "yes"), new Score(i % 2), IsAnswered: true))];
        var none = new Measurement("m", 20, null);

        Assert.Same(none, none.WithBootstrap(samples, _ => 1));
        Measurement half = (none with { Value = 0.5 }).WithBootstrap(samples, counts => MeanOf([.. samples.Select(sample => sample.Score.Value)], counts));
        Assert.InRange(half.Interval!.Value.Low, 0.1, 0.4);
        Assert.InRange(half.Interval.Value.High, 0.6, 0.9);
    }

    private static double? MeanOf(ReadOnlySpan<double> values, ReadOnlySpan<int> counts)
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
