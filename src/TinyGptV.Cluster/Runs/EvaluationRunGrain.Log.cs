using Microsoft.Extensions.Logging;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Runs;

internal sealed partial class EvaluationRunGrain
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} begins: {Completed} of {Shards} shards are stored already")]
    private static partial void LogBegins(ILogger logger, RunId runId, int completed, int shards);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} is complete")]
    private static partial void LogCompleted(ILogger logger, RunId runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} is complete, but without a report in the default mode: {Problem}")]
    private static partial void LogUnreported(ILogger logger, RunId runId, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} was stopped")]
    private static partial void LogStopped(ILogger logger, Exception exception, RunId runId);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} cannot go on: {Problem}")]
    private static partial void LogRefused(ILogger logger, RunId runId, string problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Run {RunId} failed")]
    private static partial void LogFailed(ILogger logger, Exception exception, RunId runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} failed, and its store could not be told; it is taken up again when the store answers")]
    private static partial void LogUnmarked(ILogger logger, Exception exception, RunId runId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {RunId} is not this coordinator's any more: {Reason}")]
    private static partial void LogLost(ILogger logger, RunId runId, string? reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Run {RunId} waits: {Owner} works on it")]
    private static partial void LogWaits(ILogger logger, RunId runId, string owner);
}
