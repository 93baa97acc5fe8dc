using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>The phase of a run.</summary>
public enum RunPhase
{
    /// <summary>Benchmarks are being read.</summary>
    Preparing,

    /// <summary>Shards are being evaluated or waiting for a replica.</summary>
    Running,

    /// <summary>Paused until resumed.</summary>
    Paused,

    /// <summary>Every sample has a prediction.</summary>
    Completed,

    /// <summary>Cancelled; starting it again continues it.</summary>
    Cancelled,

    /// <summary>It cannot continue; see <see cref="RunProgress.Problem"/>.</summary>
    Failed,
}

/// <summary>A snapshot of a run.</summary>
public sealed record RunProgress
{
    /// <summary>The run.</summary>
    public required RunId Run { get; init; }

    /// <summary>The phase.</summary>
    public required RunPhase Phase { get; init; }

    /// <summary>The progress of each benchmark, in evaluation order.</summary>
    public ImmutableArray<BenchmarkProgress> Benchmarks { get; init; } = [];

    /// <summary>How many replicas are working on the run.</summary>
    public int Replicas { get; init; }

    /// <summary>Runs of higher priority get replicas first.</summary>
    public int Priority { get; init; }

    /// <summary>How many shards or parts of shards were returned because their replica was lost.</summary>
    public int ShardsReturned { get; init; }

    /// <summary>How often slow work was given to a second replica too.</summary>
    public int ShardsHedged { get; init; }

    /// <summary>How often a shard or part was divided to isolate a sample that crashes replicas.</summary>
    public int ShardsDivided { get; init; }

    /// <summary>How many predictions were already stored when the run started.</summary>
    public int Resumed { get; init; }

    /// <summary>Who works on the run if it is not the coordinator that was asked, see <see cref="RunOwner.Place"/>; null otherwise.</summary>
    public string? WorkedOnBy { get; init; }

    /// <summary>Why the run failed or what it is waiting for; null if all is well.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// True if the run failed because storage or replicas failed it, so that starting it again can succeed; false (the default) for other reasons.
    /// </summary>
    public bool MayPass { get; init; }
}

/// <summary>The progress of one benchmark of a run.</summary>
/// <param name="Benchmark">The benchmark.</param>
/// <param name="Samples">How many samples it has.</param>
/// <param name="Predicted">How many have a prediction, failures included.</param>
/// <param name="Failed">How many of those are failures.</param>
public sealed record BenchmarkProgress(BenchmarkName Benchmark, int Samples, int Predicted, int Failed);
