using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class AccuracyTests
{
    [Fact]
    public void Measure_IsTheMean_AndNothingForNoSample()
    {
        Assert.Equal((4, 0.75), Measure(0, new Score(1), new Score(0), new Score(2), new Score(0)));
        Assert.Equal((0, null), Measure(0));
    }

    [Fact]
    public void Measure_WhatIsMissingCountsAsWrong() => Assert.Equal((4, 0.25), Measure(3, new Score(1)));

    [Fact]
    public void Measure_LeavesOutWhatDoesNotCount()
    {
        Assert.Equal((2, 0.5), Measure(0, new Score(1), new Score(0), new Score(0, Excluded: true)));
        Assert.Equal((0, null), Measure(0, new Score(0, Excluded: true)));
    }

    [Theory]
    [InlineData(0.0, 0.0, 0.118, 0.118)]
    [InlineData(0.9, 0.7, 0.95, 0.2)]
    public void Reach_IsTheDistanceToTheFartherEnd(double value, double low, double high, double expected) =>
        Assert.Equal(expected, (new Measurement("accuracy", 60, value) { Interval = new Interval(low, high) }).Reach!.Value, precision: 12);

    [Fact]
    public void Reach_WithoutAnInterval_IsNotKnown() => Assert.Null(new Measurement("accuracy", 60, 0.5).Reach);

    private static (int Samples, double? Value) Measure(int missing, params Score[] scores)
    {
        Measurement measured = new Accuracy().Measure(
            [.. scores.Select((score, i) => new ScoredSample(Predictions.Generated("gqa", $"{i}", "yes", "yes"), score, IsAnswered: true))], missing);
        return (measured.Samples, measured.Value);
    }
}
