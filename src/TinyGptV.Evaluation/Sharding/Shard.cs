using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>What is stored at once, and the least that is given to a replica: some samples of one benchmark, those of one image never divided.</summary>
/// <param name="Index">The shard's number in its run.</param>
/// <param name="Benchmark">The benchmark of all its samples.</param>
/// <param name="Samples">The samples, grouped by image; at least one.</param>
public sealed record Shard(ShardIndex Index, BenchmarkName Benchmark, ImmutableArray<Sample> Samples);
