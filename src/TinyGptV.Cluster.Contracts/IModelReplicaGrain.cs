using Orleans.Concurrency;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// A model on one silo, which another one may take the place of. The key is the replica's name, which the silo publishes; the grain lives there and nowhere else,
/// so that a call fails when the silo is gone instead of reaching a silo without the model.
/// </summary>
[Alias("tinygptv.model-replica")]
public interface IModelReplicaGrain : IGrainWithStringKey
{
    /// <summary>What identifies the numbers this replica makes.</summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The identity of the loaded model; null while the replica takes no work: it loads another one, has none, or drains.</returns>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<ModelDescription?> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>How the replica is.</summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>Its phase, its model, and what became of the last request for another one.</returns>
    [Alias("status")]
    [AlwaysInterleave]
    Task<ReplicaStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Begins to load another checkpoint: the replica takes no new work, finishes what it has in hand, lets its model go and loads the new
    /// one; if that fails, the old one again. Harmless if the same request is sent again, or if the replica has that checkpoint already. Of two
    /// different requests the first one counts until it has ended; the other one is refused.
    /// </summary>
    /// <param name="request">Which checkpoint.</param>
    /// <param name="cancellationToken">Gives the asking up; what was begun goes on.</param>
    /// <returns>At once, whether it begins; <see cref="GetStatusAsync"/> tells what becomes of it.</returns>
    [Alias("load")]
    [AlwaysInterleave]
    Task<ModelAnswer> LoadAsync(ModelRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Evaluates parts of shards. What is done arrives part by part, as the lines that are to be stored, and between them how far the
    /// replica is; a stream keeps each call short, so that a lost silo costs seconds.
    /// </summary>
    /// <param name="assignment">The parts, and how their samples are asked.</param>
    /// <param name="cancellationToken">Gives up what is not done.</param>
    /// <returns>Progress, and the predictions of every part once; failures of a sample are predictions too.</returns>
    /// <exception cref="ReplicaDrainingException">The replica takes no work now, or has another model than the one that the work is for.</exception>
    [Alias("evaluate")]
    [AlwaysInterleave]
    IAsyncEnumerable<EvaluatedPart> EvaluateAsync(LeaseAssignment assignment, CancellationToken cancellationToken);

    /// <summary>
    /// Stops working on a lease that is of no use any more: somebody else was quicker, or the run was stopped. Its stream ends; the
    /// framework would notice that nobody reads it only after a minute or more. Harmless if there is no such lease, or if it is said again.
    /// </summary>
    /// <param name="lease">The name of the lease.</param>
    /// <param name="cancellationToken">Gives the telling up.</param>
    /// <returns>A task that ends when the replica has heard it.</returns>
    [Alias("give-up")]
    [AlwaysInterleave]
    Task GiveUpAsync(Guid lease, CancellationToken cancellationToken);
}
