using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

internal sealed partial class ShardDispatch
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: replica {Replica} joins")]
    private static partial void LogJoined(ILogger logger, RunId runId, string replica);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Run {RunId}: replica {Replica} is not used, its model {Model} gives other numbers than the run's, {RunModel}")]
    private static partial void LogStranger(ILogger logger, RunId runId, string replica, string model, string runModel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: replica {Replica} helps a straggler out with {Samples} samples")]
    private static partial void LogHedged(ILogger logger, RunId runId, string replica, int samples);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: replica {Replica} was lost with {Parts} (shard[first..end of samples])")]
    private static partial void LogLost(ILogger logger, Exception exception, RunId runId, string replica, string parts);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: the sample {Part} cost its replica {Attempts} times and counts as failed")]
    private static partial void LogCondemned(ILogger logger, RunId runId, ShardPart part, int attempts);
}
