using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.Retry;

namespace TinyGptV.Storage.Resilience;

/// <summary>The pipeline around every access to a folder of runs: waits for a full or failing disk as long as object storage is waited for.</summary>
internal static class DiskPipeline
{
    /// <param name="numbers">Number of retries and their pauses.</param>
    /// <param name="time">The clock for the pauses.</param>
    public static ResiliencePipeline Create(StorageResilience numbers, TimeProvider time) =>
        new ResiliencePipelineBuilder { Name = "storage-disk", TimeProvider = time }
            .ConfigureTelemetry(NullLoggerFactory.Instance)
            .AddRetry(new RetryStrategyOptions
            {
                Name = "retry",
                MaxRetryAttempts = numbers.MaxRetries,
                Delay = numbers.FirstPause,
                MaxDelay = numbers.LongestPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = arguments => ValueTask.FromResult(DiskFailure.MayPass(arguments.Outcome.Exception)),
            })
            .Build();
}
