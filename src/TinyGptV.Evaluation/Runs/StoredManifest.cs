namespace TinyGptV.Evaluation.Runs;

/// <summary>Reads the manifest of a run that must exist.</summary>
public static class StoredManifest
{
    /// <summary>Reads the manifest of a run that must exist.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="PrerequisiteException">The run does not exist, or its manifest is malformed or has a newer layout.</exception>
    public static async ValueTask<RunManifest> ReadExistingManifestAsync(this IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.ReadManifestAsync(run, cancellationToken)
            ?? throw new PrerequisiteException($"No run '{run}'. 'tinygptv runs' lists what is there.");
    }
}
