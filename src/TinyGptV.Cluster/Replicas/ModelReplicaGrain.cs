using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Orleans.Placement;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Replicas;

/// <inheritdoc cref="IModelReplicaGrain"/>
/// <remarks>
/// Calls interleave so that shards overlap in the model. Nothing is held across an await but what a call made itself: the grain has
/// no state, and model and image source are safe to ask concurrently. It stays while its silo lives: moved, it would have no model.
/// </remarks>
[ReplicaPlacement]
[KeepAlive]
[Immovable]
internal sealed partial class ModelReplicaGrain(IVisionLanguageModel model, IImageSource images, ReplicaDrain drain, ILogger<ModelReplicaGrain> logger)
    : Grain, IModelReplicaGrain
{
    private readonly SampleEvaluation _evaluation = new(model, images);

    public Task<ModelIdentity> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(model.Identity);

    public async IAsyncEnumerable<Prediction> EvaluateAsync(ShardAssignment assignment, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string replica = this.GetPrimaryKeyString();
        using IDisposable work = drain.Begin(replica, assignment.Run);
        LogBegins(logger, replica, assignment.Run, assignment.Shard.Index, assignment.Shard.Samples.Length);
        await foreach (Prediction prediction in _evaluation.EvaluateAsync(assignment.Definition, assignment.Shard, cancellationToken))
            yield return prediction;
        LogDone(logger, replica, assignment.Run, assignment.Shard.Index);
    }
}
