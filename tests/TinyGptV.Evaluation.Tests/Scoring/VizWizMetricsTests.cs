using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class VizWizMetricsTests
{
    private static readonly IScorer Official = Scorers.ByName["vizwiz-accuracy"];

    [Fact]
    public void Measure_Answerability_IsJudgedByTheNormalizedText()
    {
        ImmutableArray<ScoredSample> samples =
        [
            Sample("1", "no", "Unanswerable."), Sample("2", "no", "the unanswerable"), Sample("3", "no", "a cat"),
            Sample("4", "yes", "unanswerable###Human: and now?"), Sample("5", "yes", "it is unanswerable"),
        ];

        Assert.Equal(3.0 / 5, Measure("predicted-unanswerable", samples).Value);
        Assert.Equal(3.0 / 5, Measure("answerability-accuracy", samples).Value);
        Assert.Equal(2.0 * 2 / (3 + 3), Measure("answerability-f1", samples).Value!.Value, 1e-12); // 2 of 3 found, 2 of 3 right
        // Detected samples first: precision 2/3 at recall 2/3; then all: 3/5 at recall 1.
        Assert.Equal((2.0 / 3 * 2 / 3) + (1.0 / 3 * 3 / 5), Measure("answerability-average-precision", samples).Value!.Value, 1e-12);
    }

    [Fact]
    public void Measure_FailedSample_IsWrongWhateverIsTrue()
    {
        ImmutableArray<ScoredSample> samples = [Sample("1", "no", "unanswerable"), Sample("2", "yes", "a cat"), Failed("3", "no"), Failed("4", "yes")];

        Assert.Equal(0.5, Measure("answerability-accuracy", samples).Value);
        Assert.Equal(2.0 * 1 / (2 + 2), Measure("answerability-f1", samples).Value!.Value, 1e-12);
        Assert.Equal(0.25, Measure("predicted-unanswerable", samples).Value);
    }

    [Fact]
    public void Measure_NothingToFindOrNothingSaid_IsNotAvailable()
    {
        ImmutableArray<ScoredSample> answerable = [Sample("1", "yes", "unanswerable"), Sample("2", "yes", "a cat")];
        Assert.Equal("no positive samples", Measure("answerability-f1", answerable).Unavailable);
        Assert.Equal("no positive samples", Measure("answerability-average-precision", answerable).Unavailable);
        Assert.Equal(0, Measure("answerability-f1", [Sample("1", "no", "a cat")]).Value);
        foreach (string metric in (string[])["answerability-accuracy", "answerability-f1", "answerability-average-precision"])
            Assert.Equal("the annotations do not say which questions are answerable", Measure(metric, [Sample("1", null, "a cat")]).Unavailable);
        Assert.Equal("4 samples have no prediction", Official.Metrics[^1].Measure(answerable, missing: 4).Unavailable);
    }

    [Fact]
    public void Measure_ExcludedOrMissingSamples_AreLeftOutOrCounted()
    {
        ScoredSample excluded = Sample("3", "yes", "unanswerable");
        excluded = excluded with { Score = excluded.Score with { Excluded = true } };
        ImmutableArray<ScoredSample> samples = [Sample("1", "no", "unanswerable"), Sample("2", "yes", "a cat"), excluded];

        Measurement found = Measure("answerability-f1", samples);

        Assert.Equal((2, 1.0), (found.Samples, found.Value));
        Assert.Equal(5, Official.Metrics[^1].Measure(samples, missing: 3).Samples);
        Assert.Equal("1 samples have no prediction", Official.Metrics[^1].Measure([samples[0]], missing: 1).Unavailable);
        Measurement nothing = Measure("answerability-f1", []);
        Assert.Equal((0, null, null), (nothing.Samples, nothing.Value, nothing.Unavailable));
    }

    [Fact]
    public void Measure_SomeSamplesUnsaid_IsNotAvailable()
    {
        ImmutableArray<ScoredSample> samples = [Sample("1", "no", "unanswerable"), Sample("2", null, "a cat")];

        Assert.Equal("the annotations do not say which questions are answerable", Measure("answerability-f1", samples).Unavailable);
        var metric = (IResampledMetric)Official.Metrics[^1];
        Assert.Null(metric.StatisticOf(samples));
        Assert.Equal(1, metric.StatisticOf([samples[0]])!([1]));
    }

    private static Measurement Measure(string metric, ImmutableArray<ScoredSample> samples) =>
        Official.Metrics.Single(one => one.Name == metric).Measure(samples, missing: 0);

    private static ScoredSample Sample(string id, string? answerable, string text) => With(Predictions.Generated("vizwiz", id, "x", text), answerable);

    private static ScoredSample Failed(string id, string answerable) => With(Predictions.Failed("vizwiz", id, "x"), answerable);

    private static ScoredSample With(Prediction prediction, string? answerable) => Official.Judge(prediction with
    {
        Sample = prediction.Sample with { Answers = Answers.Of("x", "y"), Slices = answerable is null ? [] : [new Slice("answerable", answerable)] },
    });
}
