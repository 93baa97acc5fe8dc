using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;

namespace TinyGptV.Cluster.Replicas;

/// <inheritdoc cref="IReplicaCatalogGrain"/>
/// <remarks>Reentrant: it has no state, and a replica that does not answer must not block other callers.</remarks>
[CoordinatorPlacement]
[Orleans.Concurrency.Reentrant]
internal sealed class ReplicaCatalogGrain(ReplicaDiscovery discovery) : Grain, IReplicaCatalogGrain
{
    public async IAsyncEnumerable<ReplicaStatus> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ReplicaStatus status in await Task.WhenAll(discovery.FindLive().Select(replica => discovery.GetStatusAsync(replica, cancellationToken))))
            yield return status;
    }

    public async IAsyncEnumerable<ModelAnswer> LoadAsync(
        ModelRequest request, ImmutableArray<string> replicas, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (ModelAnswer answer in await Task.WhenAll(replicas.Select(replica => discovery.LoadAsync(replica, request, cancellationToken))))
            yield return answer;
    }
}
