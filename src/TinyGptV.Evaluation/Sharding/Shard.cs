using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>Samples of one benchmark that are stored together: the smallest unit of leases. The samples of an image are never split.</summary>
/// <param name="Index">The shard's number in its run.</param>
/// <param name="Benchmark">The benchmark of all its samples.</param>
/// <param name="Samples">The samples, grouped by image; at least one.</param>
public sealed record Shard(ShardIndex Index, BenchmarkName Benchmark, ImmutableArray<Sample> Samples);
