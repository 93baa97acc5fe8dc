using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace TinyGptV.Cluster.Placement;

/// <summary>Places a grain on the live silo that publishes the grain's key as a replica name, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReplicaPlacementAttribute() : PlacementAttribute(new ReplicaPlacementStrategy());

/// <inheritdoc cref="ReplicaPlacementAttribute"/>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-placement")]
internal sealed class ReplicaPlacementStrategy : PlacementStrategy;

/// <summary>Fails the call at once if the replica has no live silo: its model cannot move, and its work goes to another replica.</summary>
internal sealed class ReplicaPlacementDirector(PublishedFacts facts) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        string replica = target.GrainIdentity.Key.ToString()!;
        SiloAddress? silo = facts.FindSiloOf(replica);
        return silo is not null && context.GetCompatibleSilos(target).Contains(silo)
            ? Task.FromResult(silo)
            : throw new SiloUnavailableException($"No live silo publishes the replica '{replica}'.");
    }
}
