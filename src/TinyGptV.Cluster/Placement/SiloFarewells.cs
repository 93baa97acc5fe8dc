using System.Collections.Immutable;

namespace TinyGptV.Cluster.Placement;

/// <summary>
/// Which silos were told to stop and said so, also when they are gone by now: membership itself forgets how a silo came to its end. Nobody is
/// to blame for what such a silo had in hand, or was just given.
/// </summary>
internal sealed class SiloFarewells(IClusterMembershipService membership) : SiloDuty
{
    private volatile ImmutableHashSet<SiloAddress> _said = [];

    /// <summary>True if the silo leaves, or left, in good order.</summary>
    public bool Said(SiloAddress silo) => IsFarewell(membership.CurrentSnapshot.GetSiloStatus(silo)) || _said.Contains(silo);

    protected override async Task AttendAsync(CancellationToken stop)
    {
        // Whoever is forgotten by the store of members is forgotten here too.
        await foreach (ClusterMembershipSnapshot snapshot in membership.MembershipUpdates.WithCancellation(stop))
            _said = [.. snapshot.Members.Values.Where(member => IsFarewell(member.Status) || _said.Contains(member.SiloAddress)).Select(member => member.SiloAddress)];
    }

    /// <summary>A silo that stops for a reason of its own is <see cref="SiloStatus.Stopping"/>.</summary>
    private static bool IsFarewell(SiloStatus status) => status is SiloStatus.ShuttingDown;
}
