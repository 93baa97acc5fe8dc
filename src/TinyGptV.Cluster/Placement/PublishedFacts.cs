using System.Collections.Immutable;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace TinyGptV.Cluster.Placement;

/// <summary>The published facts of the cluster's live silos, as this silo sees them.</summary>
internal sealed class PublishedFacts(IClusterMembershipService membership, ISiloMetadataCache metadata)
{
    /// <summary>The names of all replicas on live silos, in ordinal order.</summary>
    public ImmutableArray<string> FindLiveReplicas() =>
        [.. LiveSilos().SelectMany(silo => Of(silo).Replicas).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The live silo that holds a replica; if two silos claim the name, the one that joined last, since it is the restarted one.</summary>
    public SiloAddress? FindSiloOf(string replica) =>
        LiveSilos().Where(silo => Of(silo).Replicas.Contains(replica)).OrderByDescending(silo => silo.Generation).FirstOrDefault();

    /// <summary>True if a silo was declared dead or has been removed from the table; a silo that is shutting down still answers.</summary>
    public bool IsGone(SiloAddress silo) => membership.CurrentSnapshot.GetSiloStatus(silo) is SiloStatus.Dead or SiloStatus.None;

    public bool Coordinates(SiloAddress silo) => Of(silo).Coordinates;

    private SiloFacts Of(SiloAddress silo) => SiloFacts.FromMetadata(metadata.GetSiloMetadata(silo).Metadata);

    private IEnumerable<SiloAddress> LiveSilos() =>
        membership.CurrentSnapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress);
}
