using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace TinyGptV.Cluster.Placement;

/// <summary>
/// Places a grain on a coordinator silo, since only coordinators have benchmarks and the run store; of several, on the one that joined
/// first. With all runs on one silo, sharing replicas fairly needs no network calls; the other coordinators stand by.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CoordinatorPlacementAttribute() : PlacementFilterAttribute(new CoordinatorPlacementStrategy());

/// <inheritdoc cref="CoordinatorPlacementAttribute"/>
internal sealed class CoordinatorPlacementStrategy() : PlacementFilterStrategy(order: 0);

/// <summary>
/// Uses the candidates' metadata only. Orleans' own metadata filters compare with the caller's silo, and a client has none.
/// </summary>
internal sealed class CoordinatorPlacementDirector(PublishedFacts facts) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target, IEnumerable<SiloAddress> silos) =>
        silos.Where(facts.Coordinates)
            .OrderBy(silo => silo.Generation).ThenBy(silo => silo).Take(1);
}
