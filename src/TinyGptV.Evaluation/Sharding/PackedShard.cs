using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>A shard in the packed form that coordinators keep.</summary>
/// <param name="Index">The shard's number in its run.</param>
/// <param name="Benchmark">The benchmark of all its samples.</param>
/// <param name="Samples">The <see cref="SampleLines"/>.</param>
/// <param name="Count">How many samples.</param>
public sealed record PackedShard(ShardIndex Index, BenchmarkName Benchmark, ReadOnlyMemory<byte> Samples, int Count)
{
    /// <summary>Packs a shard.</summary>
    /// <param name="shard">The shard.</param>
    /// <returns>The shard, packed.</returns>
    public static PackedShard Of(Shard shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return new PackedShard(shard.Index, shard.Benchmark, SampleLines.Write(shard.Samples), shard.Samples.Length);
    }

    /// <summary>The samples of a part of the shard.</summary>
    /// <param name="part">The part.</param>
    /// <returns>The <see cref="SampleLines"/> of the part.</returns>
    public ReadOnlyMemory<byte> LinesOf(ShardPart part) => part.Count == Count ? Samples : SampleLines.Slice(Samples, part.First, part.Count);

    /// <summary>Unpacks a part of the shard.</summary>
    /// <param name="part">The part.</param>
    /// <returns>The samples in the shard's order.</returns>
    public ImmutableArray<Sample> SamplesOf(ShardPart part) => SampleLines.Read(LinesOf(part).Span);
}
