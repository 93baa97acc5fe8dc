using System.Collections.Immutable;
using TinyGptV.Cli.Display;

namespace TinyGptV.Throughput;

/// <summary>The options of the measurement.</summary>
/// <param name="Replicas">The cluster sizes, measured one after the other.</param>
/// <param name="SamplesPerReplica">The average number of samples per replica.</param>
/// <param name="Delay">The time per answer.</param>
/// <param name="Concurrency">Concurrent answers per replica.</param>
/// <param name="Processes">The number of processes that host the replicas.</param>
/// <param name="ShardSize">Samples per shard.</param>
/// <param name="Folder">The folder for data and runs of the measurement.</param>
/// <param name="Format">The output format.</param>
internal sealed record ThroughputOptions(
    ImmutableArray<int> Replicas, int SamplesPerReplica, TimeSpan Delay, int Concurrency, int Processes, int ShardSize, string Folder, OutputFormat Format);

/// <summary>One line of the result: a run on one cluster size.</summary>
internal sealed record ThroughputMeasurement
{
    public required int Replicas { get; init; }

    public required int Samples { get; init; }

    /// <summary>The time from the first assigned shard to the last stored one.</summary>
    public required double Seconds { get; init; }

    public required double SamplesPerSecond { get; init; }

    /// <summary>Samples per second per replica, relative to the smallest cluster measured.</summary>
    public required double Efficiency { get; init; }

    /// <summary>The largest working set of the coordinator while it assigned shards, in bytes.</summary>
    public required long CoordinatorMemory { get; init; }

    /// <summary>The largest working set of the coordinator at any time, including reading the benchmark and writing the report, in bytes.</summary>
    public required long CoordinatorPeakMemory { get; init; }

    /// <summary>CPU time of the coordinator, including its start and its report.</summary>
    public required double CoordinatorProcessorSeconds { get; init; }

    /// <summary>Bytes over the loopback device per sample, in both directions; null if the system does not report it.</summary>
    public required double? BytesPerSample { get; init; }
}
