using System.Collections.Immutable;

namespace TinyGptV.Hosting.Membership;

/// <summary>Where a client enters a cluster that runs elsewhere.</summary>
public sealed record ClusterEntrance
{
    /// <summary>Gateways of its silos; empty if the membership store tells them.</summary>
    public ImmutableArray<ClusterAddress> Gateways { get; init; } = [];

    public required MembershipOptions Membership { get; init; }

    /// <summary>How long to try.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>True if there is a cluster to enter, false if one has to be made in this process.</summary>
    public bool LeadsElsewhere => !Gateways.IsEmpty || Membership.Provider != ClusteringProvider.Localhost;

    public override string ToString() => Gateways.IsEmpty ? $"a gateway of the cluster '{Membership.Cluster}'" : string.Join(", ", Gateways);
}
