using System.Collections.Immutable;

namespace TinyGptV.Hosting.Membership;

/// <summary>How a client connects to a running cluster.</summary>
public sealed record ClusterEntrance
{
    /// <summary>The cluster's gateways; empty to find them in the membership store.</summary>
    public ImmutableArray<ClusterAddress> Gateways { get; init; } = [];

    public required MembershipOptions Membership { get; init; }

    /// <summary>How long to try.</summary>
    public required TimeSpan Wait { get; init; }

    /// <summary>True to connect to a running cluster, false to start one in this process.</summary>
    public bool LeadsElsewhere => !Gateways.IsEmpty || Membership.Provider != ClusteringProvider.Localhost;

    public override string ToString() => Gateways.IsEmpty ? $"a gateway of the cluster '{Membership.Cluster}'" : string.Join(", ", Gateways);
}
