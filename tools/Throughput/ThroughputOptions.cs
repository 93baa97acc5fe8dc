using System.Collections.Immutable;
using TinyGptV.Cli.Display;

namespace TinyGptV.Throughput;

/// <summary>What is measured.</summary>
/// <param name="Replicas">Clusters of how many replicas, one after the other.</param>
/// <param name="SamplesPerReplica">How many samples each replica answers on average.</param>
/// <param name="Delay">How long an answer takes.</param>
/// <param name="Concurrency">How many answers a replica gives at once.</param>
/// <param name="Processes">How many processes the replicas are divided among.</param>
/// <param name="ShardSize">The number of samples a shard aims at.</param>
/// <param name="Folder">Where data and runs of the measurement lie while it lasts.</param>
/// <param name="Format">How the table is written.</param>
internal sealed record ThroughputOptions(
    ImmutableArray<int> Replicas, int SamplesPerReplica, TimeSpan Delay, int Concurrency, int Processes, int ShardSize, string Folder, OutputFormat Format);

/// <summary>One line of the result: a run on a cluster of one size.</summary>
internal sealed record ThroughputMeasurement
{
    public required int Replicas { get; init; }

    public required int Samples { get; init; }

    /// <summary>From the first shard given out to the last one stored.</summary>
    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>Samples a second and replica, in relation to those of the smallest cluster measured.</summary>
    public required double Efficiency { get; init; }

    /// <summary>The largest working set of the coordinator while it gave out shards, in bytes.</summary>
    public required long CoordinatorMemory { get; init; }

    /// <summary>The largest working set of the coordinator at any time, reading the benchmark and writing the report included, in bytes.</summary>
    public required long CoordinatorPeakMemory { get; init; }

    /// <summary>Processor time of the coordinator, its start and its report included.</summary>
    public required double CoordinatorProcessorSeconds { get; init; }

    /// <summary>What went over the loopback device in both directions for each sample, in bytes; null where the system does not tell.</summary>
    public required double? BytesPerSample { get; init; }
}
