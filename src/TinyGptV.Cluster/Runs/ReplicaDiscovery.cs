using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Placement;
using TinyGptV.Evaluation.Inference;

namespace TinyGptV.Cluster.Runs;

/// <summary>Finds the replicas that are live now.</summary>
internal sealed partial class ReplicaDiscovery(PublishedFacts facts, IGrainFactory grains, ILogger<ReplicaDiscovery> logger)
{
    /// <summary>The names of live replicas in ordinal order. One that died a moment ago may still be among them.</summary>
    public ImmutableArray<string> FindLive() => facts.FindLiveReplicas();

    /// <summary>The live silo of a replica; another one when the replica was restarted, null when it is gone or shuts down.</summary>
    public SiloAddress? FindSiloOf(string replica) => facts.FindSiloOf(replica);

    public bool IsGone(SiloAddress silo) => facts.IsGone(silo);

    public IModelReplicaGrain Reach(string replica) => grains.GetGrain<IModelReplicaGrain>(replica);

    /// <summary>Asks a replica what it is; null if it does not answer, for whatever reason.</summary>
    public async Task<ModelIdentity?> TryDescribeAsync(string replica, CancellationToken cancellationToken)
    {
        try
        {
            return await Reach(replica).DescribeAsync(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            LogSilent(logger, exception, replica);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Replica {Replica} does not answer; it is asked again while it is published")]
    private static partial void LogSilent(ILogger logger, Exception exception, string replica);
}
