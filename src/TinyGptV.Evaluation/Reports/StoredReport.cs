using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Reports;

/// <summary>Reports of stored runs: whoever has the store can make them again, without model and images.</summary>
public static class StoredReport
{
    /// <summary>The scoring mode of reports if nobody asks for another: what the scripts behind the TinyGPT-V paper compute.</summary>
    public const string DefaultMode = "tinygptv";

    /// <summary>Scores what a run has stored, which may be a part of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">There is no such run, a file of it is malformed, or a benchmark of it has no such mode.</exception>
    public static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunId run, string mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await CreateAsync(store, await store.ReadExistingManifestAsync(run, cancellationToken), mode, cancellationToken);
    }

    /// <summary>Scores what a run has stored, which may be a part of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">A file of the run is malformed, or a benchmark of it has no such mode.</exception>
    public static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunManifest manifest, string mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(manifest);
        var predictions = ImmutableArray.CreateBuilder<Prediction>();
        await foreach (StoredShard shard in store.ReadShardsAsync(manifest.Run, cancellationToken))
            predictions.AddRange(shard.Predictions());
        return EvaluationReport.Create(manifest, predictions.DrainToImmutable(), mode);
    }
}
