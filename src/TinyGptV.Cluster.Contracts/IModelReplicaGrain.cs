using Orleans.Concurrency;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;

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
    /// Evaluates a shard. Predictions arrive as they are made, in any order; a stream keeps each call short, so that a lost silo
    /// costs seconds.
    /// </summary>
    /// <param name="assignment">The shard, and how its samples are asked.</param>
    /// <param name="cancellationToken">Gives the shard up.</param>
    /// <returns>One prediction for each sample; failures of a sample are predictions too.</returns>
    [Alias("evaluate")]
    [AlwaysInterleave]
    IAsyncEnumerable<Prediction> EvaluateAsync(ShardAssignment assignment, CancellationToken cancellationToken);
}
