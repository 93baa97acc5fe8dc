using TinyGptV.Cluster.Dispatch;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Inference;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Tests.Dispatch;

public class DeliveryCheckTests
{
    private static readonly Benchmark Gqa = new InMemoryBenchmarks(questions: 4).All[0];
    private static readonly PackedShard Shard = PackedShard.Of(new Shard(new ShardIndex(3), Gqa.Definition.Name, [.. Gqa.Samples.Take(3)]));

    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 2)]
    public void Verify_WhatWasAsked_TellsWhatItIsAbout(int first, int count)
    {
        var outlines = DeliveryCheck.Verify(Shard, new ShardPart(Shard.Index, first, count), Lines(Enumerable.Range(first, count)));
        Assert.Equal(Gqa.Samples.Skip(first).Take(count).Select(sample => new PredictionOutline(Gqa.Definition.Name, sample.Id, true)), outlines);
    }

    [Theory]
    [InlineData(new[] { 0, 1 }, "The replica answered 2 of 3 samples of shard 3[0..3).")]
    [InlineData(new[] { 0, 1, 1 }, "The replica was asked the sample 'gqa-0002' of gqa in shard 3[0..3), and answered 'gqa-0001' of gqa.")]
    [InlineData(new[] { 0, 2, 1 }, "The replica was asked the sample 'gqa-0001' of gqa in shard 3[0..3), and answered 'gqa-0002' of gqa.")]
    public void Verify_NotEverySampleInItsPlace_Throws(int[] answered, string message) =>
        Assert.Equal(
            message, Assert.Throws<InvalidDataException>(() => DeliveryCheck.Verify(Shard, new ShardPart(Shard.Index, 0, 3), Lines(answered))).Message);

    [Fact]
    public void Verify_AnotherBenchmarkOrMalformed_Throws()
    {
        var part = new ShardPart(Shard.Index, 0, 1);
        Assert.Throws<InvalidDataException>(() => DeliveryCheck.Verify(Shard, part, PredictionLines.Write([Predict(0) with { Benchmark = new("vsr") }])));
        Assert.Throws<InvalidDataException>(() => DeliveryCheck.Verify(Shard, part, "{"u8));
    }

    private static byte[] Lines(IEnumerable<int> answered) => PredictionLines.Write(answered.Select(Predict));

    private static Prediction Predict(int number) => SampleEvaluation.Failed(
        Gqa.Definition, Gqa.Samples[number], new SampleFailure(SampleFailureKind.RequestRefused, "no"));
}
