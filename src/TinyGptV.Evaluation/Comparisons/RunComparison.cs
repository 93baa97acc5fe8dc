using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>One of the two runs that are compared.</summary>
/// <param name="Run">The run.</param>
/// <param name="Mode">The scoring mode.</param>
/// <param name="Model">The model's name.</param>
public sealed record ComparedRun(RunId Run, string Mode, string Model);

/// <summary>Something in which the two runs differ.</summary>
/// <param name="Setting">The setting, for example <c>benchmarks.gqa.definition.promptTemplate</c>.</param>
/// <param name="A">The first run's value as JSON; null if it has none.</param>
/// <param name="B">The second run's value.</param>
public sealed record RunDifference(string Setting, string? A, string? B);

/// <summary>
/// Two stored runs, sample by sample. It is a function of manifests, predictions and modes: whoever has the runs can make it again, and gets the same.
/// </summary>
public sealed record RunComparison
{
    /// <summary>The first run.</summary>
    public required ComparedRun A { get; init; }

    /// <summary>The second run; differences are its values less the first run's.</summary>
    public required ComparedRun B { get; init; }

    /// <summary>Everything in which the runs differ, by setting.</summary>
    public required ImmutableArray<RunDifference> Differences { get; init; }

    /// <summary>The benchmarks that both runs have, in the first run's order.</summary>
    public required ImmutableArray<BenchmarkComparison> Benchmarks { get; init; }

    /// <summary>Benchmarks that only the first run has.</summary>
    public required ImmutableArray<BenchmarkName> OnlyInA { get; init; }

    /// <summary>Benchmarks that only the second run has.</summary>
    public required ImmutableArray<BenchmarkName> OnlyInB { get; init; }

    /// <summary>Whether a run lacks an answer in a benchmark that is compared.</summary>
    public bool IsPartial => Benchmarks.Any(benchmark => benchmark.AnswersOfA.IsPartial || benchmark.AnswersOfB.IsPartial);

    /// <summary>Compares two runs.</summary>
    /// <param name="a">The first run's manifest and report.</param>
    /// <param name="b">The second run's manifest and report.</param>
    /// <param name="only">The benchmarks to compare; empty for all that both runs have.</param>
    /// <returns>The comparison over these benchmarks, with p-values adjusted for their number.</returns>
    /// <exception cref="PrerequisiteException">The runs do not have these benchmarks in common, or none, or samples of the same identity ask something else.</exception>
    public static RunComparison Create((RunManifest Manifest, EvaluationReport Report) a, (RunManifest Manifest, EvaluationReport Report) b, ImmutableArray<BenchmarkName> only = default)
    {
        ImmutableArray<BenchmarkName> ofA = Names(a.Report), ofB = Names(b.Report);
        ImmutableArray<BenchmarkName> both = [.. ofA.Intersect(ofB)];
        if (!only.IsDefaultOrEmpty)
            both = [.. only.Distinct()];
        if (both.IsEmpty || both.Except(ofA.Intersect(ofB)).Any())
            throw new PrerequisiteException(
                $"The runs were expected to have {(only.IsDefaultOrEmpty ? "a benchmark" : string.Join(", ", only))} in common; '{a.Report.Run}' has {string.Join(", ", ofA)}, and '{b.Report.Run}' has {string.Join(", ", ofB)}. Choose runs that evaluated the same.");
        return new RunComparison
        {
            A = new ComparedRun(a.Report.Run, a.Report.Mode, a.Report.Model.Name),
            B = new ComparedRun(b.Report.Run, b.Report.Mode, b.Report.Model.Name),
            Differences = [.. FindDifferences(a, b)],
            Benchmarks = Adjust([.. both.Select(name => BenchmarkComparison.Create(Of(a.Report, name), Of(b.Report, name)))]),
            OnlyInA = [.. ofA.Except(ofB)],
            OnlyInB = [.. ofB.Except(ofA)],
        };
    }

    private static ImmutableArray<BenchmarkName> Names(EvaluationReport report) => [.. report.Benchmarks.Select(benchmark => benchmark.Benchmark)];

    private static BenchmarkReport Of(EvaluationReport report, BenchmarkName name) => report.Benchmarks.First(benchmark => benchmark.Benchmark == name);

    private static ImmutableArray<BenchmarkComparison> Adjust(ImmutableArray<BenchmarkComparison> benchmarks)
    {
        ImmutableArray<double?> adjusted = HolmAdjustment.Adjust([.. benchmarks.Select(benchmark => benchmark.Overall.PValue)]);
        return [.. benchmarks.Select((benchmark, i) => benchmark with { Overall = benchmark.Overall with { AdjustedPValue = adjusted[i] } })];
    }

    private static IEnumerable<RunDifference> FindDifferences((RunManifest Manifest, EvaluationReport Report) a, (RunManifest Manifest, EvaluationReport Report) b)
    {
        if (a.Report.Mode != b.Report.Mode)
            yield return new RunDifference("scoring mode", a.Report.Mode, b.Report.Mode);
        if (a.Manifest.ProgramVersion != b.Manifest.ProgramVersion)
            yield return new RunDifference("programVersion", a.Manifest.ProgramVersion, b.Manifest.ProgramVersion);
        foreach (ManifestDifference difference in ManifestComparison.Compare(a.Manifest, b.Manifest))
            yield return new RunDifference(difference.Setting, difference.Stored, difference.Requested);
    }
}
