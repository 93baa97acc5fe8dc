using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class ShardPlanTests
{
    private static readonly Gen<(ImmutableArray<Benchmark> Benchmarks, int Size)> AnyRun =
        from images in Gen.Int[0, 12].Array[0, 60].Array[0, 4]
        from size in Gen.Int[1, 20]
        select (Benchmarks(images), size);

    [Fact]
    public void Create_AnySizes_HoldsEverySampleOnceInItsBenchmark() => AnyRun.Sample(run =>
    {
        var planned = ShardPlan.Create(run.Benchmarks, run.Size)
            .SelectMany(shard => shard.Samples.Select(sample => (shard.Benchmark, sample.Id))).ToArray();
        var asked = run.Benchmarks.SelectMany(benchmark => benchmark.Samples.Select(sample => (benchmark.Definition.Name, sample.Id))).ToArray();
        Assert.Equal(asked.Length, planned.Length);
        Assert.True(asked.ToHashSet().SetEquals(planned));
    });

    [Fact]
    public void Create_AnySizes_DividesNoImage() => AnyRun.Sample(run =>
    {
        var places = ShardPlan.Create(run.Benchmarks, run.Size)
            .SelectMany(shard => shard.Samples.Select(sample => (shard.Benchmark, sample.Image, shard.Index)))
            .Distinct().ToArray();
        Assert.Equal(places.Length, places.DistinctBy(place => (place.Benchmark, place.Image)).Count());
    });

    [Fact]
    public void Create_AnySizes_GroupsByImageInOrderOfFirstAppearance() => AnyRun.Sample(run =>
    {
        var planned = ShardPlan.Create(run.Benchmarks, run.Size).SelectMany(shard => shard.Samples.Select(sample => (shard.Benchmark, sample.Id)));
        var grouped = run.Benchmarks.SelectMany(benchmark => benchmark.Samples.GroupBy(sample => sample.Image)
            .SelectMany(image => image.Select(sample => (benchmark.Definition.Name, sample.Id))));
        Assert.Equal(grouped, planned);
    });

    [Fact]
    public void Create_AnySizes_ExceedsTheShardSizeForASingleImageOnly() => AnyRun.Sample(run =>
        Assert.All(ShardPlan.Create(run.Benchmarks, run.Size), shard =>
            Assert.True(shard.Samples.Length <= run.Size || shard.Samples.DistinctBy(sample => sample.Image).Count() == 1)));

    [Fact]
    public void Create_AnySizes_NumbersFilledShardsThroughTheRun() => AnyRun.Sample(run =>
    {
        var shards = ShardPlan.Create(run.Benchmarks, run.Size);
        Assert.Equal(Enumerable.Range(0, shards.Length), shards.Select(shard => shard.Index.Value));
        Assert.All(shards, shard => Assert.NotEmpty(shard.Samples));
    });

    [Fact]
    public void Create_AnySizes_FillsAShardBeforeTheNext() => AnyRun.Sample(run =>
    {
        var shards = ShardPlan.Create(run.Benchmarks, run.Size);
        Assert.All(shards.Zip(shards.Skip(1)).Where(pair => pair.First.Benchmark == pair.Second.Benchmark), pair =>
        {
            int next = pair.Second.Samples.Count(sample => sample.Image == pair.Second.Samples[0].Image);
            Assert.True(pair.First.Samples.Length + next > run.Size, "An image begins a shard only if the one before has no room for it.");
        });
    });

    [Fact]
    public void Create_ImagesThatFitExactly_FillTheShard() => Assert.Equal(
        [4, 4, 1], ShardPlan.Create([SampleRuns.Benchmark("gqa", 1, 2, 3, 4, 5, 5, 6, 6, 7)], 4).Select(shard => shard.Samples.Length));

    [Fact]
    public void Create_ScatteredImages_PacksWholeGroups()
    {
        var shards = ShardPlan.Create([SampleRuns.Benchmark("gqa", 1, 2, 1, 3, 3, 3, 3, 3, 4)], 4);
        Assert.Equal(
            ["s0000 s0002 s0001", "s0003 s0004 s0005 s0006 s0007", "s0008"],
            shards.Select(shard => string.Join(' ', shard.Samples.Select(sample => sample.Id))));
    }

    [Fact]
    public void Create_NoShardSize_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => ShardPlan.Create([], 0));

    private static ImmutableArray<Benchmark> Benchmarks(int[][] images) =>
        [.. images.Select((benchmark, index) => SampleRuns.Benchmark($"benchmark-{index}", benchmark))];
}
