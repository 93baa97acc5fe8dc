using System.Collections.Immutable;

namespace TinyGptV.Cluster.Contracts;

/// <summary>The replicas of the cluster, for clients, which do not know their names. One grain, key 0, on a coordinator silo.</summary>
/// <remarks>What may take long is a stream: each call is short then, so that a lost silo costs seconds.</remarks>
[Alias("tinygptv.replica-catalog")]
public interface IReplicaCatalogGrain : IGrainWithIntegerKey
{
    /// <summary>All replicas that live silos publish, with how they are.</summary>
    /// <param name="cancellationToken">Ends the listing early.</param>
    /// <returns>The replicas in ordinal order of their names; one that does not answer is among them until its silo is declared dead.</returns>
    /// <remarks>May take seconds: a replica that does not answer is asked again.</remarks>
    [Alias("list")]
    IAsyncEnumerable<ReplicaStatus> ListAsync(CancellationToken cancellationToken);

    /// <summary>Asks replicas for another checkpoint; <see cref="ListAsync"/> tells what becomes of that.</summary>
    /// <param name="request">Which checkpoint. The same request may be sent again.</param>
    /// <param name="replicas">The names of the replicas.</param>
    /// <param name="cancellationToken">Gives the asking up; what was begun goes on.</param>
    /// <returns>The answer of every replica in the order of the names. Never throws for what a user can cause.</returns>
    /// <remarks>May take seconds: a replica that does not answer is asked again.</remarks>
    [Alias("load")]
    IAsyncEnumerable<ModelAnswer> LoadAsync(ModelRequest request, ImmutableArray<string> replicas, CancellationToken cancellationToken);
}
