using Orleans.Runtime.MembershipService.SiloMetadata;

namespace TinyGptV.Cluster.Placement;

/// <summary>Compares the stores of this silo with those of the others whenever the cluster changes.</summary>
internal sealed class StoreComparison(
    ILocalSiloDetails self, IClusterMembershipService membership, ISiloMetadataCache metadata, SiloAgreement agreement) : SiloDuty
{
    /// <summary>The facts of a silo arrive a moment after its membership.</summary>
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(200);

    protected override async Task AttendAsync(CancellationToken stop)
    {
        await using var updates = membership.MembershipUpdates.GetAsyncEnumerator(stop);
        Task<bool> update = updates.MoveNextAsync().AsTask();
        while (!stop.IsCancellationRequested)
        {
            bool isComplete = Compare();
            await Task.WhenAny(update, Task.Delay(isComplete ? Timeout.InfiniteTimeSpan : LookAgainAfter, TimeProvider.System, stop));
            if (update.IsCompleted)
                update = updates.MoveNextAsync().AsTask();
        }
    }

    /// <returns>False if the facts of a live silo are not known yet.</returns>
    private bool Compare()
    {
        var live = membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).ToArray();
        bool isComplete = live.All(silo => metadata.GetSiloMetadata(silo).Metadata.ContainsKey(SiloFacts.RoleKey));
        var others = live.Where(silo => !silo.Equals(self.SiloAddress)).Select(silo => (silo, FactsOf(silo)));
        if (StoreDisagreement.Find(self.SiloAddress, FactsOf(self.SiloAddress), others) is { } reason)
            agreement.Refuse(reason);
        else if (isComplete)
            agreement.Compared();
        return isComplete;
    }

    private SiloFacts FactsOf(SiloAddress silo) => SiloFacts.FromMetadata(metadata.GetSiloMetadata(silo).Metadata);
}
