using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

internal sealed partial class ShardDispatch
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: replica {Replica} joins")]
    private static partial void LogJoined(ILogger logger, RunId runId, string replica);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Run {RunId}: replica {Replica} is not used, its model {Model} gives other numbers than the run's, {RunModel}")]
    private static partial void LogStranger(ILogger logger, RunId runId, string replica, string model, string runModel);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: replica {Replica} was lost with shard {Shard}, attempt {Attempt}")]
    private static partial void LogLost(ILogger logger, Exception exception, RunId runId, string replica, ShardIndex shard, int attempt);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: shard {Shard} is given up after {Attempts} attempts; its samples count as failed")]
    private static partial void LogGivenUp(ILogger logger, RunId runId, ShardIndex shard, int attempts);
}
