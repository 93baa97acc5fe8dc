using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Replicas;

internal sealed partial class ModelReplicaGrain
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica {Replica}: run {RunId}, shard {Shard} begins")]
    private static partial void LogBegins(ILogger logger, string replica, RunId runId, ShardIndex shard);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica {Replica}: run {RunId}, shard {Shard} is done")]
    private static partial void LogDone(ILogger logger, string replica, RunId runId, ShardIndex shard);
}
