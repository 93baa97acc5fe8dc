namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Decides when a run may be taken from its owner. An owner that cannot be asked counts as gone when its ownership has not changed for its whole
/// lifetime, measured from the first look by the watcher's own clock: clocks of different machines are never compared.
/// </summary>
/// <param name="instance">The watcher, see <see cref="RunOwner.Instance"/>.</param>
/// <param name="lifetime">How long an ownership lasts without a renewal.</param>
public sealed class OwnershipWatch(string instance, TimeSpan lifetime)
{
    private string? _version;
    private TimeSpan _since;

    /// <summary>Judges what was read.</summary>
    /// <param name="seen">The ownership; null if the run never had one.</param>
    /// <param name="version">Its version.</param>
    /// <param name="isGone">Whether the owner is known to be gone: its process ended, or its own cluster declared it dead.</param>
    /// <param name="now">The time since some fixed moment.</param>
    /// <returns>True if the watcher may write itself over this version.</returns>
    public bool MayTake(RunOwnership? seen, string? version, bool isGone, TimeSpan now)
    {
        if (seen is null || seen.Released || isGone || seen.Owner.Instance == instance)
            return true;
        if (_version != version)
            (_version, _since) = (version, now);
        return now - _since >= lifetime;
    }
}
