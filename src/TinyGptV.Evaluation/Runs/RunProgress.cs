using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Where a run stands.</summary>
public enum RunPhase
{
    /// <summary>Benchmarks are being read.</summary>
    Preparing,

    /// <summary>Shards are being evaluated, or wait for a replica.</summary>
    Running,

    /// <summary>Paused; nobody works on it until it is resumed.</summary>
    Paused,

    /// <summary>Every sample has a prediction.</summary>
    Completed,

    /// <summary>Cancelled; it continues when it is started again.</summary>
    Cancelled,

    /// <summary>It cannot go on; see <see cref="RunProgress.Problem"/>.</summary>
    Failed,
}

/// <summary>A snapshot of a run.</summary>
public sealed record RunProgress
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>Where it stands.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>How far each benchmark is, in evaluation order.</summary>
    public ImmutableArray<BenchmarkProgress> Benchmarks { get; init; } = [];

    /// <summary>How many replicas work for the run now.</summary>
    public int Replicas { get; init; }

    /// <summary>Runs of higher priority get replicas first.</summary>
    public int Priority { get; init; }

    /// <summary>How many shards, or parts of divided ones, came back unfinished because their replica was lost.</summary>
    public int ShardsReturned { get; init; }

    /// <summary>How often a straggler's work was given to a second replica.</summary>
    public int ShardsHedged { get; init; }

    /// <summary>How often a shard, or a part of one, was divided to find the sample that costs replicas.</summary>
    public int ShardsDivided { get; init; }

    /// <summary>How many predictions were found in the store when the run was started: work not done again.</summary>
    public int Resumed { get; init; }

    /// <summary>Why the run failed, or what it waits for; null if nothing is wrong.</summary>
    public string? Problem { get; init; }
}

/// <summary>How far one benchmark of a run is.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Samples">How many samples it has.</param>
/// <param name="Predicted">How many have a prediction, failures included.</param>
/// <param name="Failed">How many of those are failures.</param>
public sealed record BenchmarkProgress(BenchmarkName Benchmark, int Samples, int Predicted, int Failed);
