using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Finds the run whose failed samples are to be asked again. What its files lacked when it began does not count: missing pictures that are there now are
/// why it is asked again.
/// </summary>
public static class RetriedRun
{
    /// <summary>Finds the run that a request means.</summary>
    /// <param name="store">The store.</param>
    /// <param name="requested">The manifest of the request.</param>
    /// <param name="isNamed">Whether the user named the run; otherwise it is found by its settings.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The manifest under the name of that run, with what its files lacked; the given one if there is no such run.</returns>
    public static async ValueTask<RunManifest> FindAsync(IRunStore store, RunManifest requested, bool isNamed, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(requested);
        IEnumerable<RunId> others = isNamed ? [] : (await store.ListAsync(cancellationToken)).Where(run => run != requested.Run);
        foreach (RunId run in others.Prepend(requested.Run))
        {
            if (await TryReadAsync(store, run, cancellationToken) is { } stored && AsBegun(requested, stored) is var begun
                && ManifestComparison.Compare(stored, begun).IsEmpty)
                return begun with { Run = run };
        }

        return requested;
    }

    private static async ValueTask<RunManifest?> TryReadAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadManifestAsync(run, cancellationToken);
        }
        catch (PrerequisiteException)
        {
            // A damaged run beside the one that is meant.
            return null;
        }
    }

    private static RunManifest AsBegun(RunManifest requested, RunManifest stored)
    {
        Dictionary<BenchmarkName, IncompleteSet?> lacked = stored.Benchmarks
            .ToDictionary(benchmark => benchmark.Definition.Name, benchmark => benchmark.Incomplete);
        ImmutableArray<BenchmarkManifest> benchmarks =
            [.. requested.Benchmarks.Select(benchmark => benchmark with { Incomplete = lacked.GetValueOrDefault(benchmark.Definition.Name) })];
        return requested with { Benchmarks = benchmarks };
    }
}
