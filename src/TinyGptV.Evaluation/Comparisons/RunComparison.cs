using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>One of the two compared runs.</summary>
/// <param name="Run">The run.</param>
/// <param name="Mode">The scoring mode.</param>
/// <param name="Model">The model's name.</param>
public sealed record ComparedRun(RunId Run, string Mode, string Model);

/// <summary>A difference between the two runs.</summary>
/// <param name="Setting">The setting, for example <c>benchmarks.gqa.definition.promptTemplate</c>.</param>
/// <param name="A">The first run's value as JSON; null if not set.</param>
/// <param name="B">The second run's value.</param>
public sealed record RunDifference(string Setting, string? A, string? B);

/// <summary>
/// A comparison of two stored runs, sample by sample. It depends only on manifests, predictions and modes, so it is reproducible.
/// </summary>
public sealed record RunComparison
{
    /// <summary>The first run.</summary>
    public required ComparedRun A { get; init; }

    /// <summary>The second run; differences are B less A.</summary>
    public required ComparedRun B { get; init; }

    /// <summary>The settings in which the runs differ.</summary>
    public required ImmutableArray<RunDifference> Differences { get; init; }

    /// <summary>The benchmarks in both runs, in the first run's order.</summary>
    public required ImmutableArray<BenchmarkComparison> Benchmarks { get; init; }

    /// <summary>Benchmarks only in the first run.</summary>
    public required ImmutableArray<BenchmarkName> OnlyInA { get; init; }

    /// <summary>Benchmarks only in the second run.</summary>
    public required ImmutableArray<BenchmarkName> OnlyInB { get; init; }

    /// <summary>Whether a compared benchmark lacks an answer in either run.</summary>
    public bool IsPartial => Benchmarks.Any(benchmark => benchmark.AnswersOfA.IsPartial || benchmark.AnswersOfB.IsPartial);

    /// <summary>Compares two runs.</summary>
    /// <param name="a">The first run's manifest and report.</param>
    /// <param name="b">The second run's manifest and report.</param>
    /// <param name="only">The benchmarks to compare; empty for all in both runs.</param>
    /// <returns>The comparison, with p-values adjusted for the number of benchmarks.</returns>
    /// <exception cref="PrerequisiteException">The runs do not share these benchmarks, or any, or samples with the same id differ.</exception>
    public static RunComparison Create(
        (RunManifest Manifest, EvaluationReport Report) a, (RunManifest Manifest, EvaluationReport Report) b, ImmutableArray<BenchmarkName> only = default)
    {
        ImmutableArray<BenchmarkName> ofA = Names(a.Report), ofB = Names(b.Report);
        ImmutableArray<BenchmarkName> both = [.. ofA.Intersect(ofB)];
        if (!only.IsDefaultOrEmpty)
            both = [.. only.Distinct()];
        if (both.IsEmpty || both.Except(ofA.Intersect(ofB)).Any())
            throw new PrerequisiteException(
                $"Expected {(only.IsDefaultOrEmpty ? "a common benchmark" : string.Join(", ", only))} in both runs; "
                + $"'{a.Report.Run}' has {string.Join(", ", ofA)}, '{b.Report.Run}' has {string.Join(", ", ofB)}. Choose runs of the same benchmarks.");
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

    private static IEnumerable<RunDifference> FindDifferences(
        (RunManifest Manifest, EvaluationReport Report) a, (RunManifest Manifest, EvaluationReport Report) b)
    {
        if (a.Report.Mode != b.Report.Mode)
            yield return new RunDifference("scoring mode", a.Report.Mode, b.Report.Mode);
        (string first, string second) = (WithoutBuild(a.Manifest.ProgramVersion), WithoutBuild(b.Manifest.ProgramVersion));
        if (first != second)
            yield return new RunDifference("programVersion", first, second);
        foreach (ManifestDifference difference in ManifestComparison.Compare(a.Manifest, b.Manifest))
            yield return new RunDifference(difference.Setting, difference.Stored, difference.Requested);
    }

    /// <summary>A version without its commit hash, which older manifests have and newer ones do not.</summary>
    private static string WithoutBuild(string version) => version.Split('+')[0];
}
