using System.Collections.Immutable;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Reports;

/// <summary>Creates reports of stored runs, without model or images.</summary>
public static class StoredReport
{
    /// <summary>The default scoring mode: what the scripts of the TinyGPT-V paper compute.</summary>
    public const string DefaultMode = "tinygptv";

    /// <summary>Scores the stored predictions of a run, complete or not.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">The run does not exist, one of its files is malformed, or a benchmark has neither the mode nor a
    /// fallback.</exception>
    public static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunId run, string mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await CreateAsync(store, await store.ReadExistingManifestAsync(run, cancellationToken), mode, cancellationToken);
    }

    /// <summary>Scores the stored predictions of a run, complete or not.</summary>
    /// <param name="store">The store.</param>
    /// <param name="manifest">The run.</param>
    /// <param name="mode">The scoring mode.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The report.</returns>
    /// <exception cref="PrerequisiteException">A file of the run is malformed, or a benchmark has neither the mode nor a fallback.</exception>
    public static async ValueTask<EvaluationReport> CreateAsync(IRunStore store, RunManifest manifest, string mode, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(manifest);
        var predictions = ImmutableArray.CreateBuilder<Prediction>();
        await foreach (StoredShard shard in store.ReadShardsAsync(manifest.Run, cancellationToken))
            predictions.AddRange(shard.Predictions());
        return EvaluationReport.Create(manifest, predictions.DrainToImmutable(), mode) with
        {
            Retried = await RetriedSamples.CountAsync(store, manifest.Run, cancellationToken),
        };
    }
}
