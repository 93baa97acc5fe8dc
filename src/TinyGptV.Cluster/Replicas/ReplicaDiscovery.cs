using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation.Models;

namespace TinyGptV.Cluster.Replicas;

/// <summary>Finds the live replicas and calls them.</summary>
internal sealed partial class ReplicaDiscovery(
    PublishedFacts facts, SiloFarewells farewells, IGrainFactory grains, ReplicaPipelines pipelines, ILogger<ReplicaDiscovery> logger)
{
    /// <summary>The names of live replicas in ordinal order. One that has just died may still be listed.</summary>
    public ImmutableArray<string> FindLive() => facts.FindLiveReplicas();

    /// <summary>The live silo of a replica; a different one after the replica restarted, null if it is gone or shutting down.</summary>
    public SiloAddress? FindSiloOf(string replica) => facts.FindSiloOf(replica);

    public bool IsGone(SiloAddress silo) => facts.IsGone(silo);

    /// <summary>True if a silo is shutting down gracefully, or did so.</summary>
    public bool LeavesInOrder(SiloAddress silo) => farewells.Said(silo);

    public IModelReplicaGrain Reach(string replica) => grains.GetGrain<IModelReplicaGrain>(replica);

    /// <summary>Asks a replica which model it has.</summary>
    /// <returns>Whether it answered, and its model; null if it takes no work now.</returns>
    public async Task<(bool Answered, ModelDescription? Model)> TryDescribeAsync(string replica, CancellationToken cancellationToken)
    {
        try
        {
            return (true, await pipelines.CallAsync(replica, token => Reach(replica).DescribeAsync(token), cancellationToken));
        }
        catch (Exception exception)
        {
            LogSilent(logger, exception, replica);
            return (false, null);
        }
    }

    /// <summary>Asks a replica to show that it can read what a run needs.</summary>
    /// <returns>What it found; null if it does not answer.</returns>
    public async Task<StorageFinding?> TryCheckStorageAsync(string replica, StorageCheck check, CancellationToken cancellationToken)
    {
        try
        {
            // Do not wait for the stream to close either: the silo may be gone.
            return await Reach(replica).CheckStorageAsync(check, cancellationToken).SingleAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            LogSilent(logger, exception, replica);
            return null;
        }
    }

    /// <summary>Gets a replica's status; silent if it does not answer.</summary>
    public async Task<ReplicaStatus> GetStatusAsync(string replica, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.CallAsync(replica, token => Reach(replica).GetStatusAsync(token), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSilent(logger, exception, replica);
            return new ReplicaStatus { Replica = replica, Phase = ReplicaPhase.Silent, Problem = $"No answer: {exception.Message}" };
        }
    }

    /// <summary>Asks a replica to load another checkpoint; refused if it does not answer.</summary>
    public async Task<ModelAnswer> LoadAsync(string replica, ModelRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return await pipelines.CallAsync(replica, token => Reach(replica).LoadAsync(request, token), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogSilent(logger, exception, replica);
            return new ModelAnswer(replica, ModelRequestStatus.Refused, $"No answer: {exception.Message} Try again, or check its process.");
        }
    }

    /// <summary>Tells a replica to give up a lease. Returns at once; results do not depend on whether the replica receives it.</summary>
    public void GiveUp(string replica, Guid lease) => pipelines.CallAsync(
        replica,
        async token =>
        {
            await Reach(replica).GiveUpAsync(lease, token);
            return true;
        },
        CancellationToken.None).Ignore();

    [LoggerMessage(Level = LogLevel.Information, Message = "Replica {Replica} does not answer; retrying until its silo is gone")]
    private static partial void LogSilent(ILogger logger, Exception exception, string replica);
}
