using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace TinyGptV.Cluster.Placement;

/// <summary>Puts a grain on the live silo that publishes the grain's key as the name of a replica, and nowhere else.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ReplicaPlacementAttribute() : PlacementAttribute(new ReplicaPlacementStrategy());

/// <inheritdoc cref="ReplicaPlacementAttribute"/>
[GenerateSerializer, Immutable, Alias("tinygptv.replica-placement")]
internal sealed class ReplicaPlacementStrategy : PlacementStrategy;

/// <summary>A replica without a live silo fails the call at once: a model cannot be moved, and its work goes to another replica.</summary>
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
