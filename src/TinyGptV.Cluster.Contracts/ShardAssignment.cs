using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Contracts;

/// <summary>A shard given to a replica.</summary>
/// <param name="Run">The run it belongs to.</param>
/// <param name="Definition">The benchmark's definition: prompt, request kind, limits, image folders.</param>
/// <param name="Shard">The samples.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.shard-assignment")]
public sealed record ShardAssignment(
    [property: Id(0)] RunId Run,
    [property: Id(1)] BenchmarkDefinition Definition,
    [property: Id(2)] Shard Shard);
