using System.Collections.Immutable;

namespace TinyGptV.Cluster.Contracts;

/// <summary>Lists the cluster's replicas for clients, which do not know their names. One grain, key 0, on a coordinator silo.</summary>
/// <remarks>Slow methods are streams, which keeps each call short, so a lost silo costs seconds.</remarks>
[Alias("tinygptv.replica-catalog")]
public interface IReplicaCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>All replicas that live silos publish, with their status.</summary>
    /// <param name="cancellationToken">Stops the listing.</param>
    /// <returns>The replicas in ordinal order of their names; one that does not answer stays listed until its silo is declared dead.</returns>
    /// <remarks>May take seconds: calls to a replica that does not answer are retried.</remarks>
    [Alias("list")]
    IAsyncEnumerable<ReplicaStatus> ListAsync(CancellationToken cancellationToken);

    /// <summary>Asks replicas to load another checkpoint; <see cref="ListAsync"/> reports the outcome.</summary>
    /// <param name="request">The checkpoint. Sending the same request again is safe.</param>
    /// <param name="replicas">The names of the replicas.</param>
    /// <param name="cancellationToken">Cancels the call; a load that has started goes on.</param>
    /// <returns>Every replica's answer, in the order of the names. Does not throw for user errors.</returns>
    /// <remarks>May take seconds: calls to a replica that does not answer are retried.</remarks>
    [Alias("load")]
    IAsyncEnumerable<ModelAnswer> LoadAsync(ModelRequest request, ImmutableArray<string> replicas, CancellationToken cancellationToken);
}
