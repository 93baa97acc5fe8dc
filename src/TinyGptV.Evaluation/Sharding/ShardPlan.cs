using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Divides the samples of a run into shards. The plan depends only on the samples and the shard size, so that any
/// process that reads the same benchmarks can continue the run.
/// </summary>
public static class ShardPlan
{
    /// <summary>
    /// Groups the samples of every benchmark by image, in order of first appearance, and packs whole groups into shards. A shard
    /// holds at most <paramref name="shardSize"/> samples, unless a single image has more.
    /// </summary>
    /// <param name="benchmarks">The benchmarks in evaluation order, with the samples that are evaluated.</param>
    /// <param name="shardSize">The target number of samples per shard; at least 1.</param>
    /// <returns>The shards in evaluation order, numbered from 0; none for a benchmark without samples.</returns>
    public static ImmutableArray<Shard> Create(ImmutableArray<Benchmark> benchmarks, int shardSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        var shards = ImmutableArray.CreateBuilder<Shard>();
        foreach (Benchmark benchmark in benchmarks)
            shards.AddRange(Divide(benchmark, shardSize, new ShardIndex(shards.Count)));
        return shards.DrainToImmutable();
    }

    /// <summary>Divides one benchmark of a run like <see cref="Create"/>, lazily.</summary>
    /// <param name="benchmark">The benchmark, with the samples that are evaluated.</param>
    /// <param name="shardSize">The target number of samples per shard; at least 1.</param>
    /// <param name="first">The index of its first shard: the number of shards of earlier benchmarks.</param>
    /// <returns>The shards in evaluation order.</returns>
    public static IEnumerable<Shard> Divide(Benchmark benchmark, int shardSize, ShardIndex first)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return Pack(benchmark, shardSize).Select((pack, index) => new Shard(new ShardIndex(first.Value + index), pack.Benchmark, pack.Samples));
    }

    private static IEnumerable<(BenchmarkName Benchmark, ImmutableArray<Sample> Samples)> Pack(Benchmark benchmark, int shardSize)
    {
        var pack = ImmutableArray.CreateBuilder<Sample>();
        // GroupBy keeps the order of first appearance, and the file order inside a group.
        foreach (var image in benchmark.Samples.GroupBy(sample => sample.Image))
        {
            Sample[] group = [.. image];
            if (pack.Count > 0 && pack.Count + group.Length > shardSize)
                yield return (benchmark.Definition.Name, pack.DrainToImmutable());
            pack.AddRange(group);
        }

        if (pack.Count > 0)
            yield return (benchmark.Definition.Name, pack.DrainToImmutable());
    }
}
