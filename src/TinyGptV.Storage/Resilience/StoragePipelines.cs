using System.Globalization;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Hedging;
using Polly.Retry;

namespace TinyGptV.Storage.Resilience;

/// <summary>
/// The resilience pipelines for all calls to one storage account. They report to the meter <c>Polly</c>; the state of the circuit breaker is
/// <c>tinygptv.storage.circuit</c>. The client's own retries are off, so only these pipelines retry.
/// </summary>
internal sealed class StoragePipelines
{
    private readonly StorageResilience _numbers;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _circuit;

    public StoragePipelines(string account, StorageResilience numbers, TimeProvider time)
    {
        (_numbers, _time) = (numbers, time);
        var state = new CircuitBreakerStateProvider();
        _circuit = Named<ResiliencePipelineBuilder>("storage-circuit").AddCircuitBreaker(CircuitOptions(state)).Build();
        StorageInstruments.WatchCircuit(account, state);
        Read = Named<ResiliencePipelineBuilder<BlobReading>>("storage-read")
            .AddRetry(Tuned(new RetryStrategyOptions<BlobReading>()))
            .AddHedging(new HedgingStrategyOptions<BlobReading>
            {
                Name = "hedge",
                MaxHedgedAttempts = 1,
                Delay = numbers.HedgeAfter,
                ShouldHandle = _ => PredicateResult.False(), // failures are retried outside, after a pause; the hedge is for slow calls
            })
            .AddPipeline(_circuit)
            .AddTimeout(TimeoutOf(numbers.ReadTimeout))
            .Build();
        RetryStrategyOptions conflicts = (RetryStrategyOptions)Tuned(new RetryStrategyOptions());
        conflicts.ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Exception is ConflictException);
        Conflict = Named<ResiliencePipelineBuilder>("storage-conflict").AddRetry(conflicts).Build();
        Request = WithoutHedge("storage-request", numbers.RequestTimeout);
        Transfer = WithoutHedge("storage-transfer", numbers.TransferTimeout);
    }

    /// <summary>For whole small blobs; hedged if slow.</summary>
    public ResiliencePipeline<BlobReading> Read { get; }

    /// <summary>For listings, conditional creates and properties. Never hedged: a create would race itself.</summary>
    public ResiliencePipeline Request { get; }

    /// <summary>Around a conditional create and the check who was first; retries spurious conflicts.</summary>
    public ResiliencePipeline Conflict { get; }

    /// <summary>For ranges of large blobs and for reports. Never hedged: that would double the traffic when the network is the problem.</summary>
    public ResiliencePipeline Transfer { get; }

    private ResiliencePipeline WithoutHedge(string name, TimeSpan timeout) => Named<ResiliencePipelineBuilder>(name)
        .AddRetry((RetryStrategyOptions)Tuned(new RetryStrategyOptions()))
        .AddPipeline(_circuit)
        .AddTimeout(TimeoutOf(timeout))
        .Build();

    private RetryStrategyOptions<T> Tuned<T>(RetryStrategyOptions<T> options)
    {
        options.Name = "retry";
        options.MaxRetryAttempts = _numbers.MaxRetries;
        options.Delay = _numbers.FirstPause;
        options.MaxDelay = _numbers.LongestPause;
        options.BackoffType = DelayBackoffType.Exponential;
        options.UseJitter = true;
        options.ShouldHandle = arguments => ValueTask.FromResult(IsWorthRetrying(arguments.Outcome.Exception, arguments.Context));
        options.DelayGenerator = arguments => ValueTask.FromResult(AskedPause(arguments.Outcome.Exception));
        return options;
    }

    private CircuitBreakerStrategyOptions CircuitOptions(CircuitBreakerStateProvider state) => new()
    {
        Name = "circuit",
        FailureRatio = _numbers.BreakAt,
        SamplingDuration = _numbers.BreakSampling,
        MinimumThroughput = _numbers.BreakMinimum,
        BreakDuration = _numbers.BreakFor,
        StateProvider = state,
        ShouldHandle = arguments => ValueTask.FromResult(TransientFailure.Is(arguments.Outcome.Exception)),
    };

    private static Polly.Timeout.TimeoutStrategyOptions TimeoutOf(TimeSpan timeout) => new() { Name = "per-try", Timeout = timeout };

    private TBuilder Named<TBuilder>(string name) where TBuilder : ResiliencePipelineBuilderBase, new() =>
        new TBuilder { Name = name, TimeProvider = _time }.ConfigureTelemetry(NullLoggerFactory.Instance);

    private static bool IsWorthRetrying(Exception? exception, ResilienceContext context) =>
        !context.CancellationToken.IsCancellationRequested && (TransientFailure.Is(exception) || exception is BrokenCircuitException);

    /// <summary>The pause requested by the service or by the open circuit; null if none.</summary>
    private TimeSpan? AskedPause(Exception? exception) => exception switch
    {
        BrokenCircuitException open => open.RetryAfter,
        RequestFailedException failed when failed.GetRawResponse()?.Headers.TryGetValue("Retry-After", out string? text) == true
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) =>
            TimeSpan.FromSeconds(Math.Min(seconds, _numbers.LongestPause.TotalSeconds)),
        _ => null,
    };
}
