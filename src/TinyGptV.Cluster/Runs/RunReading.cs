using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>The benchmarks of a run as they were read: what describes them, and their samples, packed.</summary>
/// <param name="manifest">The run, with the definitions and digests of this reading.</param>
/// <param name="shards">All samples of the run, divided as the manifest says.</param>
/// <param name="images">The images of each benchmark, as the preflight found them.</param>
internal sealed class RunReading(RunManifest manifest, ImmutableArray<PackedShard> shards, ImmutableArray<NeededImages> images)
{
    public RunManifest Manifest { get; } = manifest;

    public ImmutableArray<PackedShard> Shards { get; } = shards;

    public ImmutableArray<NeededImages> Images { get; } = images;

    /// <summary>Whether a run of this manifest has exactly these shards: definitions, digests, limit and shard size are the same.</summary>
    public bool IsOf(RunManifest stored) => ManifestComparison.Compare(stored, Manifest).IsEmpty;

    /// <summary>Packs the samples of one benchmark, which can then be released.</summary>
    /// <param name="benchmark">The benchmark, with the samples that are evaluated.</param>
    /// <param name="shardSize">The number of samples a shard aims at.</param>
    /// <param name="before">How many shards the benchmarks before it have.</param>
    public static IEnumerable<PackedShard> Pack(Benchmark benchmark, int shardSize, int before) =>
        ShardPlan.Divide(benchmark, shardSize, new ShardIndex(before)).Select(PackedShard.Of);
}
