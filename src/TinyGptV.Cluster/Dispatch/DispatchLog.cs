using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Dispatch;

/// <summary>What the dispatch of a run logs.</summary>
internal static partial class DispatchLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: replica {Replica} joins")]
    public static partial void Joined(ILogger logger, RunId runId, string replica);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Run {RunId}: replica {Replica} is not used, its model {Model} gives other numbers than the run's, {RunModel}")]
    public static partial void OtherModel(ILogger logger, RunId runId, string replica, string model, string runModel);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId}: replica {Replica} hedges a straggler's {Samples} samples")]
    public static partial void Hedged(ILogger logger, RunId runId, string replica, int samples);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: replica {Replica} was lost with {Parts} (shard[first..end of samples])")]
    public static partial void Lost(ILogger logger, Exception exception, RunId runId, string replica, string parts);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: the answers of shards in progress could not be written now; it is tried again")]
    public static partial void NotKept(ILogger logger, Exception exception, RunId runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId}: a lease goes to another replica, and no sample is blamed. {Fault}")]
    public static partial void Unread(ILogger logger, RunId runId, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId}: the sample {Part} cost its replica {Attempts} times and counts as failed")]
    public static partial void Condemned(ILogger logger, RunId runId, ShardPart part, int attempts);
}
