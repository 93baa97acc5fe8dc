using System.Collections.Immutable;
using System.Text.Json.Serialization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>One benchmark in two runs, over the samples that both have predicted.</summary>
public sealed record BenchmarkComparison
{
    /// <summary>The benchmark.</summary>
    public required BenchmarkName Benchmark { get; init; }

    /// <summary>Its display name.</summary>
    public required string Title { get; init; }

    /// <summary>The split.</summary>
    public required string Split { get; init; }

    /// <summary>The main metric: the first one common to both scorers.</summary>
    public required MetricDifference Overall { get; init; }

    /// <summary>The other common metrics.</summary>
    public required ImmutableArray<MetricDifference> Further { get; init; }

    /// <summary>How many of the first run's samples have answers.</summary>
    public required AnswerCounts AnswersOfA { get; init; }

    /// <summary>How many of the second run's samples have answers.</summary>
    public required AnswerCounts AnswersOfB { get; init; }

    /// <summary>Samples that count and are predicted only by the first run, in ordinal order; not compared.</summary>
    public required ImmutableArray<SampleId> OnlyInA { get; init; }

    /// <summary>Samples predicted only by the second run.</summary>
    public required ImmutableArray<SampleId> OnlyInB { get; init; }

    /// <summary>Samples that count in both runs and whose score changed, in ordinal order. Not in the JSON; <c>compare-samples.csv</c> lists them.</summary>
    [JsonIgnore]
    public ImmutableArray<SamplePair> Changed { get; init; } = [];

    /// <exception cref="PrerequisiteException">Samples with the same id differ between the runs.</exception>
    internal static BenchmarkComparison Create(BenchmarkReport a, BenchmarkReport b)
    {
        Dictionary<SampleId, ScoredSample> second = b.Samples.ToDictionary(sample => sample.Prediction.Sample.Id);
        ImmutableArray<SamplePair> pairs = [.. from sample in a.Samples
                                               let other = second.GetValueOrDefault(sample.Prediction.Sample.Id)
                                               where other is not null
                                               select new SamplePair(sample, other)];
        Refuse(a.Benchmark, pairs);
        ImmutableArray<MetricDifference> metrics = [.. CommonMetrics(a, b).Select(metric => Compare(metric.A, metric.B, pairs))];
        HashSet<SampleId> paired = [.. pairs.Select(pair => pair.Sample.Id)];
        return new BenchmarkComparison
        {
            Benchmark = a.Benchmark,
            Title = a.Title,
            Split = a.Split,
            Overall = metrics.FirstOrDefault() ?? new MetricDifference
            {
                Metric = a.Overall.Metric,
                Samples = pairs.Length,
                Images = 0,
                Unavailable = $"the scorers {a.Scorer} and {b.Scorer} have no metric in common",
            },
            Further = [.. metrics.Skip(1)],
            AnswersOfA = a.Counts,
            AnswersOfB = b.Counts,
            OnlyInA = OnlyIn(a, paired),
            OnlyInB = OnlyIn(b, paired),
            Changed = [.. pairs.Where(pair => pair.Change != 0 && pair.Counts)],
        };
    }

    private static void Refuse(BenchmarkName benchmark, ImmutableArray<SamplePair> pairs)
    {
        ImmutableArray<SamplePair> others = [.. pairs.Where(pair => !pair.AsksTheSame)];
        if (others is [var first, ..])
            throw new PrerequisiteException(
                $"Expected the same samples of '{benchmark}' in both runs, found {others.Length} of {pairs.Length} that differ under the same id: "
                + $"'{first.Sample.Id}' is \"{first.Sample.Question}\" ({first.Sample.Target}) in one run and "
                + $"\"{first.B.Prediction.Sample.Question}\" ({first.B.Prediction.Sample.Target}) in the other. "
                + "Compare runs on the same annotations, or leave the benchmark out with --benchmarks.");
    }

    private static IEnumerable<(IMetric A, IMetric B)> CommonMetrics(BenchmarkReport a, BenchmarkReport b) =>
        Scorers.ByName[a.Scorer].Metrics.Join(
            Scorers.ByName[b.Scorer].Metrics, metric => metric.Name, metric => metric.Name, (first, second) => (first, second));

    private static MetricDifference Compare(IMetric a, IMetric b, ImmutableArray<SamplePair> pairs) => (a, b) switch
    {
        (IMeanMetric first, IMeanMetric second) => PairedMean.Compare(a.Name, [.. from pair in pairs
                                                                               let before = first.ValueOf(pair.A)
                                                                               let after = second.ValueOf(pair.B)
                                                                               where before is not null && after is not null
                                                                               select new PairedScore(pair.Sample.Image, before.Value, after.Value)]),
        (IResampledMetric first, IResampledMetric second) =>
            Resample(first, second, [.. pairs.Where(pair => pair.Counts)]),
        _ => Measure(a, b, pairs),
    };

    private static MetricDifference Resample(IResampledMetric a, IResampledMetric b, ImmutableArray<SamplePair> pairs)
    {
        ImmutableArray<ScoredSample> first = [.. pairs.Select(pair => pair.A)], second = [.. pairs.Select(pair => pair.B)];
        MetricDifference compared = PairedResampling.Compare(
            a.Name, [.. pairs.Select(pair => pair.Sample.Image)], a.StatisticOf(first), b.StatisticOf(second));
        return compared.Unavailable is null
            ? compared
            : compared with { Unavailable = ReasonOf(a.Measure(first, missing: 0), b.Measure(second, missing: 0)) ?? compared.Unavailable };
    }

    private static string? ReasonOf(Measurement a, Measurement b) =>
        a.Unavailable is { } first ? $"{first}, in A" : b.Unavailable is { } second ? $"{second}, in B" : null;

    /// <summary>Compares a metric by its value alone.</summary>
    private static MetricDifference Measure(IMetric a, IMetric b, ImmutableArray<SamplePair> pairs)
    {
        Measurement first = a.Measure([.. pairs.Select(pair => pair.A)], missing: 0), second = b.Measure([.. pairs.Select(pair => pair.B)], missing: 0);
        return new MetricDifference
        {
            Metric = a.Name,
            Scale = first.Scale,
            Samples = first.Samples,
            Images = pairs.Select(pair => pair.Sample.Image).Distinct().Count(),
            A = first.Value,
            B = second.Value,
            Difference = second.Value - first.Value,
            Unavailable = ReasonOf(first, second),
        };
    }

    private static ImmutableArray<SampleId> OnlyIn(BenchmarkReport report, HashSet<SampleId> paired) =>
        [.. report.Samples.Where(sample => !sample.Score.Excluded).Select(sample => sample.Prediction.Sample.Id).Where(id => !paired.Contains(id))];
}
