using System.Collections.Immutable;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Reports;

/// <summary>
/// The results of a run in one scoring mode. They depend only on the manifest, the predictions and the mode, not on time, order or machine.
/// </summary>
public sealed record EvaluationReport
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>
    /// The requested scoring mode, for example <c>tinygptv</c>. Results mean nothing without it. If a benchmark lacks it,
    /// <see cref="BenchmarkReport.Mode"/> has the fallback.
    /// </summary>
    public required string Mode { get; init; }

    /// <summary>Version of the program that started the run.</summary>
    public required string ProgramVersion { get; init; }

    /// <summary>The model.</summary>
    public required ModelIdentity Model { get; init; }

    /// <summary>The benchmarks in evaluation order.</summary>
    public required ImmutableArray<BenchmarkReport> Benchmarks { get; init; }

    /// <summary>The average over the benchmarks of the paper's main table.</summary>
    public AverageScore Average => AverageScore.Of(Benchmarks);

    /// <summary>How many predictions belong to no benchmark of the run and were left out; more than 0 means a damaged store.</summary>
    public required int Unexpected { get; init; }

    /// <summary>How many samples were asked again after a failure; their older predictions are in the run's history.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault)]
    public int Retried { get; init; }

    /// <summary>Whether the results are partial: a sample has no answer, or a benchmark's files are incomplete.</summary>
    public bool IsPartial => HasUnanswered || Benchmarks.Any(benchmark => benchmark.Incomplete is not null);

    /// <summary>Whether any sample has no answer.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasUnanswered => Benchmarks.Any(benchmark => benchmark.Counts.IsPartial);

    /// <summary>Scores the predictions of a run. Missing predictions are counted and score 0.</summary>
    /// <param name="manifest">The run.</param>
    /// <param name="predictions">Its predictions in any order.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">A benchmark of the run has neither the mode nor a fallback.</exception>
    public static EvaluationReport Create(RunManifest manifest, IEnumerable<Prediction> predictions, string mode)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ImmutableArray<IScorer> scorers = [.. manifest.Benchmarks.Select(benchmark => Scorers.For(benchmark.Definition, mode))];
        var byBenchmark = predictions.ToLookup(prediction => prediction.Benchmark);
        return new EvaluationReport
        {
            Run = manifest.Run,
            Mode = mode,
            ProgramVersion = manifest.ProgramVersion,
            Model = manifest.Model,
            Benchmarks = Adjust([.. manifest.Benchmarks.Select((benchmark, i) => BenchmarkReport.Create(
                benchmark, byBenchmark[benchmark.Definition.Name], ScoringModes.ModeFor(benchmark.Definition, mode), scorers[i]))]),
            Unexpected = byBenchmark.Where(group => manifest.Benchmarks.All(benchmark => benchmark.Definition.Name != group.Key)).Sum(group => group.Count()),
        };
    }

    /// <summary>Adjusts the differences from published results for their number: the more of them, the likelier one is large by chance.</summary>
    private static ImmutableArray<BenchmarkReport> Adjust(ImmutableArray<BenchmarkReport> benchmarks)
    {
        ImmutableArray<double?> adjusted = HolmAdjustment.Adjust([.. benchmarks.Select(benchmark => benchmark.Comparison?.Difference?.PValue)]);
        return
        [
            .. benchmarks.Select((benchmark, i) => benchmark.Comparison is { Difference: { } difference } comparison
                ? benchmark with { Comparison = comparison with { Difference = difference with { AdjustedPValue = adjusted[i] } } }
                : benchmark),
        ];
    }
}
