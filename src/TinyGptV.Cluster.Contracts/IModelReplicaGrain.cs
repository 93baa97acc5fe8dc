using Orleans.Concurrency;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// A model on one silo, replaceable while running. The key is the replica's name, which the silo publishes. The grain lives on that silo
/// only: when the silo is gone, a call fails instead of reaching a silo without the model.
/// </summary>
[Alias("tinygptv.model-replica")]
public interface IModelReplicaGrain : IGrainWithStringKey
{
    /// <summary>The identity of the loaded model.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The identity; null while the replica takes no work: it is loading, has no model, or is draining.</returns>
    [Alias("describe")]
    [AlwaysInterleave]
    Task<ModelDescription?> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>The replica's status.</summary>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Its phase, its model, and the outcome of the last load request.</returns>
    [Alias("status")]
    [AlwaysInterleave]
    Task<ReplicaStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Starts loading another checkpoint: the replica takes no new work, finishes the work in flight, unloads its model and loads the new
    /// one. If that fails, it reloads the old one. Idempotent: a repeated request changes nothing, nor does a request for the checkpoint
    /// that is loaded. While one request is in progress, others are refused.
    /// </summary>
    /// <param name="request">The checkpoint to load.</param>
    /// <param name="cancellationToken">Cancels the call; a load that has started goes on.</param>
    /// <returns>At once, whether loading starts; <see cref="GetStatusAsync"/> reports the outcome.</returns>
    [Alias("load")]
    [AlwaysInterleave]
    Task<ModelAnswer> LoadAsync(ModelRequest request, CancellationToken cancellationToken);

    /// <summary>Shows whether the replica can read what a run needs. Its status names the problem until a later check finds none.</summary>
    /// <param name="check">What to read.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>One element: what it found.</returns>
    /// <remarks>May take a minute: storage that does not answer is waited for.</remarks>
    [Alias("check-storage")]
    [AlwaysInterleave]
    IAsyncEnumerable<StorageFinding> CheckStorageAsync(StorageCheck check, CancellationToken cancellationToken);

    /// <summary>
    /// Evaluates parts of shards. Finished parts arrive one by one, as the lines to store, with progress in between. The stream keeps each
    /// call short, so a lost silo costs seconds.
    /// </summary>
    /// <param name="assignment">The parts, and how to prompt for their samples.</param>
    /// <param name="cancellationToken">Abandons unfinished work.</param>
    /// <returns>Progress, and the predictions of every part once; a failed sample counts as a prediction.</returns>
    /// <exception cref="ReplicaUnavailableException">The replica takes no work now, or has a different model than the work needs.</exception>
    /// <exception cref="StorageFaultException">An image cannot be read that the assignment does not name as unreadable.</exception>
    [Alias("evaluate")]
    [AlwaysInterleave]
    IAsyncEnumerable<EvaluatedPart> EvaluateAsync(LeaseAssignment assignment, CancellationToken cancellationToken);

    /// <summary>
    /// Stops work on a lease that is no longer needed: another replica was faster, or the run was stopped. Its stream ends at once; Orleans
    /// alone would notice the missing reader only after a minute or more. Idempotent; does nothing if there is no such lease.
    /// </summary>
    /// <param name="lease">The lease's id.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the replica has received the request.</returns>
    [Alias("give-up")]
    [AlwaysInterleave]
    Task GiveUpAsync(Guid lease, CancellationToken cancellationToken);
}
