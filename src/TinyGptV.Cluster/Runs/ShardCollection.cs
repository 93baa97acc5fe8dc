using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Cluster.Runs;

/// <summary>Puts the predictions of a shard together as a replica sends them.</summary>
internal static class ShardCollection
{
    /// <returns>One prediction for each sample of the shard, in the shard's order, whatever order they came in.</returns>
    /// <exception cref="InvalidDataException">The replica left a sample out, answered one twice, or answered one nobody asked.</exception>
    public static async Task<ImmutableArray<Prediction>> CollectAsync(
        Shard shard, IAsyncEnumerable<Prediction> stream, Action<Prediction> arrived, CancellationToken cancellationToken)
    {
        var collected = new Dictionary<SampleId, Prediction>(shard.Samples.Length);
        var asked = shard.Samples.Select(sample => sample.Id).ToHashSet();
        await foreach (Prediction prediction in stream.WithCancellation(cancellationToken))
        {
            if (prediction.Benchmark != shard.Benchmark || !asked.Contains(prediction.Sample.Id))
                throw new InvalidDataException($"The replica answered the sample '{prediction.Sample.Id}', which shard {shard.Index} does not have.");
            if (!collected.TryAdd(prediction.Sample.Id, prediction))
                throw new InvalidDataException($"The replica answered the sample '{prediction.Sample.Id}' of shard {shard.Index} twice.");
            arrived(prediction);
        }

        return collected.Count == shard.Samples.Length
            ? [.. shard.Samples.Select(sample => collected[sample.Id])]
            : throw new InvalidDataException($"The replica answered {collected.Count} of {shard.Samples.Length} samples of shard {shard.Index}.");
    }
}
