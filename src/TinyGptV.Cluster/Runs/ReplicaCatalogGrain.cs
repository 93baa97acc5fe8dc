using System.Collections.Immutable;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;

namespace TinyGptV.Cluster.Runs;

/// <inheritdoc cref="IReplicaCatalogGrain"/>
/// <remarks>Reentrant: it remembers nothing, and a replica that does not answer must keep nobody waiting.</remarks>
[CoordinatorPlacement]
[Orleans.Concurrency.Reentrant]
internal sealed class ReplicaCatalogGrain(ReplicaDiscovery discovery) : Grain, IReplicaCatalogGrain
{
    public async Task<ImmutableArray<ReplicaStatus>> ListAsync(CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(discovery.FindLive().Select(replica => discovery.GetStatusAsync(replica, cancellationToken)))];

    public async Task<ImmutableArray<ModelAnswer>> LoadAsync(ModelRequest request, ImmutableArray<string> replicas, CancellationToken cancellationToken) =>
        [.. await Task.WhenAll(replicas.Select(replica => discovery.LoadAsync(replica, request, cancellationToken)))];
}
