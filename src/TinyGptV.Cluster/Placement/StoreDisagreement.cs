namespace TinyGptV.Cluster.Placement;

/// <summary>
/// Finds out whether a silo uses other stores than its cluster: a coordinator with another store of runs would not see the runs it takes over, a replica
/// with other benchmarks would not find their images. Of two coordinators the one that started later is wrong; of a coordinator and a replica, the replica.
/// </summary>
internal static class StoreDisagreement
{
    /// <summary>Compares a silo with the others.</summary>
    /// <param name="self">The silo.</param>
    /// <param name="mine">What it publishes.</param>
    /// <param name="others">The other live silos, and what they publish.</param>
    /// <returns>Why it may not stay in the cluster; null if it may.</returns>
    public static string? Find(SiloAddress self, SiloFacts mine, IEnumerable<(SiloAddress Silo, SiloFacts Facts)> others)
    {
        foreach (var (silo, facts) in others.Where(other => other.Facts.Coordinates))
        {
            if (mine.Coordinates && Differ(mine.Runs, facts.Runs) && IsEarlier(silo, self))
                return $"This coordinator stores runs in {mine.Runs!.Place}, but the cluster's coordinator at {silo.Endpoint} in {facts.Runs!.Place}. "
                    + "All coordinators of a cluster need the same store of runs: correct --runs, or choose another --cluster-id.";
            if (!mine.Coordinates && Differ(mine.Data, facts.Data))
                return $"This replica reads benchmarks from {mine.Data!.Place}, but the cluster's coordinator at {silo.Endpoint} from {facts.Data!.Place}, "
                    + "and these are not the same. Correct --data. If one is a copy of the other, copy its file '.store-id' too.";
        }

        return null;
    }

    private static bool Differ(StorePlace? mine, StorePlace? theirs) => mine is not null && theirs is not null && mine.Token != theirs.Token;

    private static bool IsEarlier(SiloAddress a, SiloAddress b) => (a.Generation, a.CompareTo(b)).CompareTo((b.Generation, 0)) < 0;
}
