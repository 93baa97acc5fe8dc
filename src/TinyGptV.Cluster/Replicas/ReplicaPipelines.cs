using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace TinyGptV.Cluster.Replicas;

/// <summary>
/// The resilience pipelines for short calls to replicas, one per replica. They report to the meter <c>Polly</c> as pipeline <c>replica</c>
/// with the replica's name as instance; the circuit states are <c>tinygptv.replica.circuit</c>.
/// </summary>
/// <param name="numbers">Their settings.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplicaPipelines(ReplicaResilience numbers, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, CircuitBreakerStateProvider> _circuits = new(StringComparer.Ordinal);

    private readonly ResiliencePipelineRegistry<string> _pipelines = new(new ResiliencePipelineRegistryOptions<string>
    {
        BuilderFactory = () => new ResiliencePipelineBuilder { TimeProvider = time }.ConfigureTelemetry(NullLoggerFactory.Instance),
        BuilderNameFormatter = _ => "replica",
        InstanceNameFormatter = replica => replica,
    });

    /// <summary>Calls a replica. A failed call is retried, so it must be idempotent.</summary>
    /// <exception cref="BrokenCircuitException">The replica failed too often in the last seconds; it was not called.</exception>
    /// <exception cref="TimeoutRejectedException">It did not answer in time.</exception>
    public async Task<T> CallAsync<T>(string replica, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        // Retries run in the turns of the calling grain.
        ResilienceContext context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            // Do not wait for a cancelled call: it may never be answered.
            return await PipelineOf(replica).ExecuteAsync(
                static async (ResilienceContext context, Func<CancellationToken, Task<T>> call) =>
                    await call(context.CancellationToken).WaitAsync(context.CancellationToken),
                context,
                call);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>The state of a replica's circuit; closed if the replica was never called.</summary>
    public CircuitState CircuitOf(string replica) =>
        _circuits.TryGetValue(replica, out CircuitBreakerStateProvider? state) ? state.CircuitState : CircuitState.Closed;

    public void Dispose() => _pipelines.Dispose();

    private ResiliencePipeline PipelineOf(string replica) => _pipelines.GetOrAddPipeline(replica, builder => builder
        .AddRetry(RetryOptions())
        .AddCircuitBreaker(CircuitOptions(_circuits.GetOrAdd(replica, _ => new CircuitBreakerStateProvider())))
        .AddTimeout(new TimeoutStrategyOptions { Name = "per-try", Timeout = numbers.CallTimeout }));

    private RetryStrategyOptions RetryOptions() => new()
    {
        Name = "retry",
        MaxRetryAttempts = numbers.MaxRetries,
        Delay = numbers.FirstPause,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        // An open circuit outlasts the retries, and the caller has other replicas to try.
        ShouldHandle = arguments => ValueTask.FromResult(
            IsFailure(arguments.Outcome.Exception, arguments.Context) && arguments.Outcome.Exception is not BrokenCircuitException),
    };

    private CircuitBreakerStrategyOptions CircuitOptions(CircuitBreakerStateProvider state) => new()
    {
        Name = "circuit",
        FailureRatio = numbers.BreakAt,
        SamplingDuration = numbers.BreakSampling,
        MinimumThroughput = numbers.BreakMinimum,
        BreakDuration = numbers.BreakFor,
        StateProvider = state,
        ShouldHandle = arguments => ValueTask.FromResult(IsFailure(arguments.Outcome.Exception, arguments.Context)),
    };

    /// <summary>Cancellation by the caller is not a failure of the replica.</summary>
    private static bool IsFailure(Exception? exception, ResilienceContext context) =>
        exception is not null && !context.CancellationToken.IsCancellationRequested;
}
