using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace TinyGptV.Cluster.Placement;

/// <summary>Keeps a grain on silos that publish the coordinator role: only they have benchmarks and the run store.</summary>
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
        silos.Where(facts.Coordinates);
}
