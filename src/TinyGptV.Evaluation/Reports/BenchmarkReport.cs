using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>The results of one benchmark of a run.</summary>
public sealed record BenchmarkReport
{
    private const string NoAnswer = "no sample has an answer";

    /// <summary>The benchmark.</summary>
    public required BenchmarkName Benchmark { get; init; }

    /// <summary>Its display name.</summary>
    public required string Title { get; init; }

    /// <summary>The split.</summary>
    public required string Split { get; init; }

    /// <summary>The version of its definition.</summary>
    public required int Version { get; init; }

    /// <summary>The scoring mode: the report's, or the fallback if the benchmark lacks it.</summary>
    public required string Mode { get; init; }

    /// <summary>The scorer of the mode.</summary>
    public required string Scorer { get; init; }

    /// <summary>What the scorer does, in one sentence.</summary>
    public required string ScorerDescription { get; init; }

    /// <summary>
    /// What the benchmark's files lacked when the run started, without pictures if every sample was answered since; null if nothing.
    /// </summary>
    public IncompleteSet? Incomplete { get; init; }

    /// <summary>How many samples have answers.</summary>
    public required AnswerCounts Counts { get; init; }

    /// <summary>The scorer's first metric over all expected samples; those without an answer score 0. No value if no sample has an answer.</summary>
    public required Measurement Overall { get; init; }

    /// <summary>The first metric over the answered samples alone; null if every sample has an answer.</summary>
    public Measurement? OverAnswered { get; init; }

    /// <summary>The scorer's other metrics over all expected samples.</summary>
    public ImmutableArray<Measurement> Further { get; init; } = [];

    /// <summary>The first metric over each slice, by kind and name. Samples without a prediction are in no slice, since theirs is unknown.</summary>
    public required ImmutableArray<SliceMeasurement> Slices { get; init; }

    /// <summary>The comparison with the published result; null if none.</summary>
    public required PublishedComparison? Comparison { get; init; }

    /// <summary>SHA-256 of every annotation file, in lower-case hexadecimal, by path below the benchmark's folder.</summary>
    public required ImmutableSortedDictionary<string, string> Digests { get; init; }

    /// <summary>All samples with a prediction, in ordinal order of ids. Not in the report's JSON; <c>predictions.csv</c> lists them.</summary>
    [JsonIgnore]
    public ImmutableArray<ScoredSample> Samples { get; init; } = [];

    /// <summary>Whether <see cref="Overall"/> is an accuracy, as the published results are; false for Hateful Memes' official ROC-AUC.</summary>
    internal bool IsAccuracy => Overall.Metric == Accuracy.MetricName;

    /// <summary>The benchmark's definition.</summary>
    internal BenchmarkDefinition Definition { get; private init; } = null!;

    /// <summary>The origin of imported answers; null if the run's model gave them.</summary>
    internal AnswerOrigin? Imported { get; private init; }

    internal static BenchmarkReport Create(BenchmarkManifest manifest, IEnumerable<Prediction> predictions, string mode, IScorer scorer)
    {
        BenchmarkDefinition definition = manifest.Definition;
        Prediction[] all = [.. predictions.OrderBy(prediction => prediction.Sample.Id)];
        ImmutableArray<ScoredSample> samples = [.. OneForEachSample(all).Select(prediction => scorer.Judge(prediction))];
        AnswerCounts counts = Count(manifest.Samples, all.Length, samples);
        // Missing pictures may have been put back, and their samples asked again.
        if (!counts.IsPartial)
            manifest = manifest with { Incomplete = manifest.Incomplete?.WithoutImages() };
        Measurement overall = Measure(scorer.Metrics[0], samples, counts.Missing);
        return new BenchmarkReport
        {
            Definition = definition,
            Imported = manifest.Imported,
            Benchmark = definition.Name,
            Title = definition.Title,
            Split = definition.Split,
            Version = definition.Version,
            Mode = mode,
            Scorer = scorer.Name,
            ScorerDescription = scorer.Description,
            Incomplete = manifest.Incomplete,
            Counts = counts,
            Overall = overall,
            OverAnswered = counts.IsPartial ? Measure(scorer.Metrics[0], [.. samples.Where(sample => sample.IsAnswered)], missing: 0) : null,
            Further = [.. scorer.Metrics.Skip(1).Select(metric => Measure(metric, samples, counts.Missing))],
            Slices = MeasureSlices(scorer.Metrics[0], samples),
            Comparison = PublishedComparison.Of(manifest, counts, overall, mode),
            Digests = manifest.Digests,
            Samples = samples,
        };
    }

    /// <param name="sorted">Predictions sorted by sample.</param>
    private static IEnumerable<Prediction> OneForEachSample(Prediction[] sorted)
    {
        for (int begin = 0, end; begin < sorted.Length; begin = end)
        {
            SampleId sample = sorted[begin].Sample.Id;
            for (end = begin + 1; end < sorted.Length && sorted[end].Sample.Id == sample;)
                end++;
            yield return PickOne(new ArraySegment<Prediction>(sorted, begin, end - begin));
        }
    }

    /// <summary>Picks one of several predictions for a sample, independent of their order: an answered one first, then by text.</summary>
    private static Prediction PickOne(IReadOnlyList<Prediction> same) => same.Count == 1
        ? same[0]
        : same.OrderBy(prediction => prediction.Failure is not null)
            .ThenBy(prediction => JsonSerializer.Serialize(prediction, EvaluationJson.Compact.ShapeOf<Prediction>()), StringComparer.Ordinal)
            .First();

    /// <summary>A metric, without a value if no sample that counts has an answer: a run that was not asked yet is not one that answers wrongly.</summary>
    private static Measurement Measure(IMetric metric, ImmutableArray<ScoredSample> samples, int missing)
    {
        Measurement measured = metric.Measure(samples, missing);
        return measured.Value is null || samples.Any(sample => sample.IsAnswered && !sample.Score.Excluded)
            ? measured
            : measured with { Value = null, StandardError = null, Interval = null, Unavailable = NoAnswer };
    }

    private static AnswerCounts Count(int expected, int predictions, ImmutableArray<ScoredSample> samples)
    {
        int answered = samples.Count(sample => sample.IsAnswered);
        return new AnswerCounts
        {
            Expected = expected,
            Answered = answered,
            Failed = samples.Length - answered,
            Missing = Math.Max(0, expected - samples.Length),
            Duplicated = predictions - samples.Length,
            Undecided = samples.Count(sample => sample.Score.Undecided),
        };
    }

    private static ImmutableArray<SliceMeasurement> MeasureSlices(IMetric metric, ImmutableArray<ScoredSample> samples) =>
    [.. samples
        .SelectMany(sample => sample.Prediction.Sample.Slices, (sample, slice) => (Slice: slice, Sample: sample))
        .GroupBy(pair => pair.Slice, pair => pair.Sample)
        .OrderBy(slice => slice.Key.Kind, StringComparer.Ordinal)
            .ThenBy(slice => int.TryParse(slice.Key.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : int.MaxValue)
            .ThenBy(slice => slice.Key.Name, StringComparer.Ordinal)
        .Select(slice => new SliceMeasurement(slice.Key.Kind, slice.Key.Name, Measure(metric, [.. slice], missing: 0)))];
}
