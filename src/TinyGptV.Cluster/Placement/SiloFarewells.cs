using System.Collections.Immutable;

namespace TinyGptV.Cluster.Placement;

/// <summary>
/// Remembers which silos shut down gracefully, even after they are gone: membership does not record how a silo ended. Work lost with such
/// a silo does not count as a failed attempt.
/// </summary>
internal sealed class SiloFarewells(IClusterMembershipService membership) : SiloDuty
{
    private volatile ImmutableHashSet<SiloAddress> _said = [];

    /// <summary>True if the silo is shutting down gracefully, or did so.</summary>
    public bool Said(SiloAddress silo) => IsFarewell(membership.CurrentSnapshot.GetSiloStatus(silo)) || _said.Contains(silo);

    protected override async Task AttendAsync(CancellationToken stop)
    {
        // A silo that the membership table drops is dropped here too.
        await foreach (ClusterMembershipSnapshot snapshot in membership.MembershipUpdates.WithCancellation(stop))
        {
            _said = [.. snapshot.Members.Values
                .Where(member => IsFarewell(member.Status) || _said.Contains(member.SiloAddress))
                .Select(member => member.SiloAddress)];
        }
    }

    /// <summary>A silo that stops because of an error is <see cref="SiloStatus.Stopping"/> instead.</summary>
    private static bool IsFarewell(SiloStatus status) => status is SiloStatus.ShuttingDown;
}
