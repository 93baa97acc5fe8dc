using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>What a user wants evaluated.</summary>
[GenerateSerializer, Immutable, Alias("tinygptv.run-request")]
public sealed record RunRequest
{
    /// <summary>The name of the run; null for a name made from the settings, so that the same request continues the same run.</summary>
    [Id(0)]
    public RunId? Run { get; init; }

    /// <summary>The benchmarks in evaluation order; empty for all that the coordinator can read.</summary>
    [Id(1)]
    public ImmutableArray<BenchmarkName> Benchmarks { get; init; } = [];

    /// <summary>The number of samples a shard aims at. Default: 32.</summary>
    [Id(2)]
    public int ShardSize { get; init; } = 32;

    /// <summary>At most this many samples of each benchmark, the first in file order; null (the default) for all.</summary>
    [Id(3)]
    public int? Limit { get; init; }

    /// <summary>The scoring mode that the report will be asked for: refused early if a benchmark has no such mode; null (the default) to find out later.</summary>
    [Id(4)]
    public string? Mode { get; init; }

    /// <summary>Whether benchmarks are evaluated whose files are incomplete; the report is marked then. Default: they are refused.</summary>
    [Id(6)]
    public bool AllowPartial { get; init; }

    /// <summary>Runs of higher priority get replicas first; null (the default) for the one the run had, at first 0.</summary>
    [Id(5)]
    public int? Priority { get; init; }
}

/// <summary>What became of a request to start a run.</summary>
public enum RunStartStatus
{
    /// <summary>The run is under way, or complete already.</summary>
    Started,

    /// <summary>No replica is live; ask again when one is.</summary>
    NoReplica,

    /// <summary>The request cannot be carried out; the user has to act.</summary>
    Refused,
}

/// <summary>The answer to a request to start a run.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Run">The run, if it was started.</param>
/// <param name="Problem">What was expected, what was found, what to do; null if the run was started.</param>
/// <param name="Remarks">What the report will lack with this model, a sentence each; may be default.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.run-start")]
public sealed record RunStart(
    [property: Id(0)] RunStartStatus Status,
    [property: Id(1)] RunId? Run,
    [property: Id(2)] string? Problem,
    [property: Id(3)] ImmutableArray<string> Remarks = default);
