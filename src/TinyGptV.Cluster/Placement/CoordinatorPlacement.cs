using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace TinyGptV.Cluster.Placement;

/// <summary>
/// Keeps a grain on a silo that publishes the coordinator role, for only they have benchmarks and the run store; of several on the one
/// that joined first. Runs that live on one silo can share replicas fairly without asking over the network; the other coordinators
/// stand by.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CoordinatorPlacementAttribute() : PlacementFilterAttribute(new CoordinatorPlacementStrategy());

/// <inheritdoc cref="CoordinatorPlacementAttribute"/>
internal sealed class CoordinatorPlacementStrategy() : PlacementFilterStrategy(order: 0);

/// <summary>
/// Looks at the candidates' metadata only. The framework's own metadata filters compare with the caller's silo, and a client has none.
/// </summary>
internal sealed class CoordinatorPlacementDirector(PublishedFacts facts) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(facts.Coordinates)
            .OrderBy(silo => silo.Generation).ThenBy(silo => silo).Take(1);
}
