using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class RocAucTests
{
    private static readonly RocAuc Metric = new("yes");

    [Fact]
    public void Measure_Probabilities_AreRankedWithEqualOnesBetween()
    {
        Measurement area = Metric.Measure([Scored("1", "no", 0.1), Scored("2", "no", 0.4), Scored("3", "yes", 0.4), Scored("4", "yes", 0.8)], missing: 0);

        Assert.Equal(("roc-auc", 4, 0.875, MeasurementScale.Fraction), (area.Metric, area.Samples, area.Value!.Value, area.Scale));
        Assert.Null(area.Unavailable);
    }

    [Fact]
    public void Measure_FailedSample_IsAsWrongAsCanBe()
    {
        Measurement of = Metric.Measure([Scored("1", "no", 0.1), Scored("2", "yes", 0.9), YesOrNo.Judge(Predictions.Failed("hm", "3", "yes"))], missing: 0);
        Measurement other = Metric.Measure([Scored("1", "no", 0.1), Scored("2", "yes", 0.9), YesOrNo.Judge(Predictions.Failed("hm", "3", "no"))], missing: 0);

        Assert.Equal((0.5, 0.5), (of.Value!.Value, other.Value!.Value));
    }

    [Fact]
    public void Measure_HasTheErrorThatDrawsOfImagesShow()
    {
        Measurement area = Metric.Measure(
            [.. Enumerable.Range(0, 60).Select(i => Scored($"{i}", i % 2 == 0 ? "yes" : "no", (i * 37 % 60 + (i % 2 == 0 ? 15 : 0)) / 100.0))], missing: 0);

        // Hanley and McNeil (1982) for two equally large groups of 30.
        double a = area.Value!.Value, q1 = a / (2 - a), q2 = 2 * a * a / (1 + a), expected = Math.Sqrt(
            (a * (1 - a) + 29 * (q1 - a * a) + 29 * (q2 - a * a)) / 900);
        Assert.Equal(expected, area.StandardError!.Value, tolerance: 0.15 * expected);
        Assert.InRange(a - area.Interval!.Value.Low, 1.5 * expected, 2.5 * expected);
        Assert.InRange(area.Interval.Value.High - a, 1.5 * expected, 2.5 * expected);
    }

    [Fact]
    public void Measure_ExcludedSample_IsLeftOut()
    {
        ScoredSample excluded = Scored("3", "yes", 0.01);
        excluded = excluded with { Score = excluded.Score with { Excluded = true } };

        Measurement area = Metric.Measure([Scored("1", "no", 0.1), Scored("2", "yes", 0.9), excluded], missing: 0);

        Assert.Equal((2, 1.0), (area.Samples, area.Value));
        Assert.Equal(7, Metric.Measure([Scored("1", "no", 0.1), Scored("2", "yes", 0.9), excluded], missing: 5).Samples);
        Assert.Equal("1 samples have no prediction", Metric.Measure([Scored("1", "no", 0.1)], missing: 1).Unavailable);
    }

    [Fact]
    public void StatisticOf_ProbabilityUnknown_IsNull()
    {
        ScoredSample old = YesOrNo.Judge(Predictions.Generated("hm", "2", "yes", "yes")), failed = YesOrNo.Judge(Predictions.Failed("hm", "3", "no"));

        Assert.Null(Metric.StatisticOf([Scored("1", "no", 0.1), old]));
        Assert.Equal(0.5, Metric.StatisticOf([Scored("1", "no", 0.1), Scored("2", "yes", 0.9), failed])!([1, 1, 1]));
    }

    [Fact]
    public void Measure_OneLabelOnly_IsUnavailable()
    {
        Measurement area = Metric.Measure([Scored("1", "no", 0.1), Scored("2", "no", 0.9)], missing: 0);

        Assert.Equal((null, "all samples have the label no"), (area.Value, area.Unavailable));
    }

    [Fact]
    public void Measure_ProbabilitiesUnknown_IsUnavailable()
    {
        ScoredSample old = YesOrNo.Judge(Predictions.Generated("hm", "2", "yes", "yes"));

        Assert.Equal(
            "1 of 2 predictions lack the probabilities of both answers", Metric.Measure([Scored("1", "no", 0.1), old], missing: 0).Unavailable);
        Assert.Equal("7 samples have no prediction", Metric.Measure([Scored("1", "no", 0.1), Scored("2", "yes", 0.9)], missing: 7).Unavailable);
        Assert.Equal(
            (0, null, null), (Metric.Measure([], missing: 0).Samples, Metric.Measure([], missing: 0).Value, Metric.Measure([], missing: 0).Unavailable));
    }

    private static IScorer YesOrNo => Scorers.ByName["yes-or-no"];

    private static ScoredSample Scored(string id, string target, double yes)
    {
        Prediction prediction = Predictions.Generated("hm", id, target, "I do not say.");
        return YesOrNo.Judge(prediction with
        {
            Generation = prediction.Generation! with
            {
                FirstWords = ImmutableSortedDictionary<string, double>.Empty.Add("yes", yes / 2).Add("no", (1 - yes) / 2),
            },
        });
    }
}
