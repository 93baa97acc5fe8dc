using Orleans.Concurrency;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// A model loaded on one silo. The key is the replica's name, which the silo publishes; the grain lives there and nowhere else,
/// so that a call fails when the silo is gone instead of reaching a silo without the model.
/// </summary>
[Alias("tinygptv.model-replica")]
public interface IModelReplicaGrain : IGrainWithStringKey
{
    /// <summary>What identifies the numbers this replica makes.</summary>
    /// <param name="cancellationToken">Gives the request up.</param>
    /// <returns>The identity of the loaded model.</returns>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<ModelIdentity> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Evaluates parts of shards. What is done arrives part by part, as the lines that are to be stored, and between them how far the
    /// replica is; a stream keeps each call short, so that a lost silo costs seconds.
    /// </summary>
    /// <param name="assignment">The parts, and how their samples are asked.</param>
    /// <param name="cancellationToken">Gives up what is not done.</param>
    /// <returns>Progress, and the predictions of every part once; failures of a sample are predictions too.</returns>
    [Alias("evaluate")]
    [AlwaysInterleave]
    IAsyncEnumerable<EvaluatedPart> EvaluateAsync(LeaseAssignment assignment, CancellationToken cancellationToken);

    /// <summary>
    /// Stops working on a lease that is of no use any more: somebody else was quicker, or the run was stopped. Its stream ends; the
    /// framework would notice that nobody reads it only after a minute or more. Harmless if there is no such lease.
    /// </summary>
    /// <param name="lease">The name of the lease.</param>
    /// <param name="cancellationToken">Has no effect: nobody waits for an answer.</param>
    /// <returns>A task that ends when the message is sent.</returns>
    [Alias("give-up")]
    [AlwaysInterleave]
    [OneWay]
    Task GiveUpAsync(Guid lease, CancellationToken cancellationToken);
}
