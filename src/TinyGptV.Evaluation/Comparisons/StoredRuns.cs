using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Reports;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Comparisons;

/// <summary>Compares stored runs.</summary>
public static class StoredRuns
{
    /// <summary>Compares two stored runs, or one run in two modes, sample by sample.</summary>
    /// <param name="store">The store of both.</param>
    /// <param name="a">The first run and its scoring mode.</param>
    /// <param name="b">The second run and its scoring mode.</param>
    /// <param name="only">The benchmarks to compare; empty for all in both runs.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="PrerequisiteException">A run cannot be scored, or the runs cannot be compared.</exception>
    public static async ValueTask<RunComparison> CompareAsync(
        IRunStore store, (RunId Run, string Mode) a, (RunId Run, string Mode) b, ImmutableArray<BenchmarkName> only, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        RunManifest first = await store.ReadExistingManifestAsync(a.Run, cancellationToken);
        RunManifest second = await store.ReadExistingManifestAsync(b.Run, cancellationToken);
        return RunComparison.Create(
            (first, await StoredReport.CreateAsync(store, first, a.Mode, cancellationToken)),
            (second, await StoredReport.CreateAsync(store, second, b.Mode, cancellationToken)),
            only);
    }
}
