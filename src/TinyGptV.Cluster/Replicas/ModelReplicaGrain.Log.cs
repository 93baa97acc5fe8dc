using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Replicas;

internal sealed partial class ModelReplicaGrain
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica {Replica}: run {RunId}, shard {Shard} started")]
    private static partial void LogBegins(ILogger logger, string replica, RunId runId, ShardIndex shard);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Replica {Replica}: run {RunId}, shard {Shard} done")]
    private static partial void LogDone(ILogger logger, string replica, RunId runId, ShardIndex shard);

    [LoggerMessage(Level = LogLevel.Information, Message = "Replica {Replica}: finishing its work, then loading {Location}")]
    private static partial void LogLoads(ILogger logger, string replica, string? location);

    [LoggerMessage(Level = LogLevel.Information, Message = "Replica {Replica}: loaded {Location}")]
    private static partial void LogLoaded(ILogger logger, string replica, string? location);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replica {Replica} is paused by run {RunId}: {Problem}")]
    private static partial void LogCannotRead(ILogger logger, string replica, RunId runId, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Replica {Replica}: {Problem}")]
    private static partial void LogNotLoaded(ILogger logger, string replica, string problem);
}
