namespace TinyGptV.Evaluation.Runs;

/// <summary>Reads the manifest of a run that somebody asked for.</summary>
public static class StoredManifest
{
    /// <summary>Reads the manifest of a run that is expected to be there.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Ends the reading early.</param>
    /// <returns>The manifest.</returns>
    /// <exception cref="PrerequisiteException">There is no such run, or its manifest is malformed or of a newer layout.</exception>
    public static async ValueTask<RunManifest> ReadExistingManifestAsync(this IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        return await store.ReadManifestAsync(run, cancellationToken)
            ?? throw new PrerequisiteException($"The store was expected to hold the run '{run}', and has no such run. List the runs to see which there are.");
    }
}
