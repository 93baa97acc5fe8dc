using System.Collections.Immutable;
using System.Text.Json;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class PackedShardTests
{
    private static readonly Gen<ImmutableArray<Sample>> AnySamples =
        from questions in Gen.String.Array[1, 20]
        select questions.Select((question, number) => SampleRuns.Sample(number, "1.png") with { Question = question }).ToImmutableArray();

    [Fact]
    public void SamplesOf_AnyPart_AreTheSamplesOfTheShard() => Gen.Select(AnySamples, Gen.Int[0, 19], Gen.Int[1, 20]).Sample((samples, first, count) =>
    {
        var shard = PackedShard.Of(new Shard(new(3), new("gqa"), samples));
        first %= samples.Length;
        var part = new ShardPart(new(3), first, Math.Min(count, samples.Length - first));
        var expected = samples.Skip(part.First).Take(part.Count).ToArray();
        Assert.Equal(SampleLines.Write(expected), SampleLines.Write(shard.SamplesOf(part)));
        Assert.Equal(expected.Select(sample => sample.Id), SampleLines.ReadIds(shard.LinesOf(part).Span));
    });

    [Fact]
    public void Divide_AnyPart_GivesTwoThatMakeItUp() => Gen.Select(Gen.Int[0, 9], Gen.Int[2, 100]).Sample((first, count) =>
    {
        var (one, two) = new ShardPart(new(1), first, count).Divide();
        Assert.Equal((first, first + one.Count, count), (one.First, two.First, one.Count + two.Count));
        Assert.InRange(one.Count - two.Count, 0, 1);
    });

    [Fact]
    public void ReadIds_OtherMembersBefore_AreNoIds()
    {
        Assert.Equal([new SampleId("s")], SampleLines.ReadIds("{\"image\":\"x\",\"box\":{\"id\":\"y\"},\"id\":\"s\"}\n"u8));
        Assert.Throws<JsonException>(() => SampleLines.ReadIds("{\"image\":\"x\"}\n"u8));
    }

    [Fact]
    public void Divide_SingleSample_Throws() => Assert.Throws<InvalidOperationException>(() => new ShardPart(new(1), 4, 1).Divide());

    [Fact]
    public void ToShard_PartsInAnyOrder_AreTheLinesOfTheShard() => AnySamples.Sample(samples =>
    {
        var predictions = samples.Select(sample => SampleRuns.Prediction("gqa", sample)).ToArray();
        var assembly = new ShardAssembly(samples.Length);
        foreach (int index in Enumerable.Range(0, samples.Length).Reverse())
        {
            Assert.False(assembly.IsComplete);
            byte[] lines = PredictionLines.Write([predictions[index]]);
            assembly.Add(new ShardPart(new(0), index, 1), lines, PredictionLines.Outline(lines, "part"));
        }

        Assert.True(assembly.IsComplete);
        var (whole, outlines) = assembly.ToShard();
        Assert.Equal(PredictionLines.Write(predictions), whole.ToArray());
        Assert.Equal(PredictionLines.Outline(whole.Span, "whole"), outlines);
        Assert.Equal(samples.Length, assembly.Parts.Length);
    });
}
