using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>What a user wants evaluated.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.run-request")]
public sealed record RunRequest
{
    /// <summary>The run's name; null derives one from the settings, so the same request continues the same run.</summary>
    [Id(0)]
    public RunId? Run { get; init; }

    /// <summary>The benchmarks in evaluation order; empty for all of the coordinator's.</summary>
    [Id(1)]
    public ImmutableArray<BenchmarkName> Benchmarks { get; init; } = [];

    /// <summary>The target number of samples per shard. Default: 32.</summary>
    [Id(2)]
    public int ShardSize { get; init; } = 32;

    /// <summary>At most this many samples of each benchmark, the first in file order; null (the default) for all.</summary>
    [Id(3)]
    public int? Limit { get; init; }

    /// <summary>The scoring mode of the later report; the request is refused if a benchmark has no such mode. Null (the default) skips this check.</summary>
    [Id(4)]
    public string? Mode { get; init; }

    /// <summary>Whether to evaluate benchmarks whose files are incomplete; the report is then marked. Default: they are refused.</summary>
    [Id(6)]
    public bool AllowPartial { get; init; }

    /// <summary>
    /// Whether samples that failed are asked again in the same run; their older predictions are kept in its history. Default: they stay failed.
    /// </summary>
    [Id(7)]
    public bool RetryFailed { get; init; }

    /// <summary>Runs of higher priority get replicas first; null (the default) keeps the run's priority, 0 for a new run.</summary>
    [Id(5)]
    public int? Priority { get; init; }
}

/// <summary>The outcome of a request to start a run.</summary>
public enum RunStartStatus
{
    /// <summary>The run is active, or already complete.</summary>
    Started,

    /// <summary>No replica is live; try again when one is.</summary>
    NoReplica,

    /// <summary>The request is invalid; the user has to act.</summary>
    Refused,

    /// <summary>Storage does not answer; the same request can succeed later.</summary>
    Unavailable,
}

/// <summary>The answer to a request to start a run.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="Run">The run, if it was started.</param>
/// <param name="Problem">Why the run was not started and what to do; null if it was.</param>
/// <param name="Remark">What the report will lack with this model, a line for each benchmark; null if nothing.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.run-start")]
public sealed record RunStart(
    [property: Id(0)] RunStartStatus Status,
    [property: Id(1)] RunId? Run,
    [property: Id(2)] string? Problem,
    [property: Id(3)] string? Remark = null);
