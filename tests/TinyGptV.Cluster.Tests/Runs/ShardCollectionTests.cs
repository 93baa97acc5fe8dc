using System.Collections.Immutable;
using TinyGptV.Cluster.Runs;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Tests.Runs;

public class ShardCollectionTests
{
    private static readonly Benchmark Gqa = new InMemoryBenchmarks(questions: 4).All[0];
    private static readonly Shard Shard = new(new ShardIndex(3), Gqa.Definition.Name, [.. Gqa.Samples.Take(3)]);

    [Fact]
    public async Task CollectAsync_AnyOrder_GivesTheShardsOrder()
    {
        var arrived = new List<Prediction>();
        var collected = await CollectAsync([2, 0, 1], arrived.Add);
        Assert.Equal(Shard.Samples, collected.Select(prediction => prediction.Sample));
        Assert.Equal(["gqa-0002", "gqa-0000", "gqa-0001"], arrived.Select(prediction => prediction.Sample.Id.Value));
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, "The replica answered 2 of 3 samples of shard 3.")]
    [InlineData(new[] { 0, 1, 1 }, "The replica answered the sample 'gqa-0001' of shard 3 twice.")]
    [InlineData(new[] { 0, 3 }, "The replica answered the sample 'gqa-0003', which shard 3 does not have.")]
    public async Task CollectAsync_NotEverySampleOnce_Throws(int[] answered, string message)
    {
        var exception = await Assert.ThrowsAsync<InvalidDataException>(() => CollectAsync(answered, _ => { }));
        Assert.Equal(message, exception.Message);
    }

    [Fact]
    public async Task CollectAsync_AnotherBenchmark_Throws()
    {
        var foreign = Predict(0) with { Benchmark = new BenchmarkName("vsr") };
        await Assert.ThrowsAsync<InvalidDataException>(
            () => ShardCollection.CollectAsync(Shard, Stream([foreign]), _ => { }, TestContext.Current.CancellationToken));
    }

    private static Task<ImmutableArray<Prediction>> CollectAsync(int[] answered, Action<Prediction> arrived) =>
        ShardCollection.CollectAsync(Shard, Stream(answered.Select(Predict)), arrived, TestContext.Current.CancellationToken);

    private static Prediction Predict(int number) => SampleEvaluation.Failed(
        Gqa.Definition, Gqa.Samples[number], new SampleFailure(SampleFailureKind.RequestRefused, "no"));

    private static async IAsyncEnumerable<Prediction> Stream(IEnumerable<Prediction> predictions)
    {
        foreach (Prediction prediction in predictions)
        {
            await Task.Yield();
            yield return prediction;
        }
    }
}
