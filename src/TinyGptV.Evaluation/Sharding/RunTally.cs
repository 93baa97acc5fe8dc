using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>
/// Counts the predictions of a run, both stored and received from shards in progress. Holds only counts, so its size does not depend
/// on the number of samples. Not thread-safe.
/// </summary>
/// <param name="stored">The stored predictions.</param>
public sealed class RunTally(PredictionCounts stored)
{
    private readonly Dictionary<ShardPart, (BenchmarkName Benchmark, int Predicted, int Failed)> _inProgress = [];
    private readonly Dictionary<ShardIndex, (BenchmarkName Benchmark, int Answers)> _kept = [];

    /// <summary>How many predictions are stored.</summary>
    public int Stored => stored.Stored;

    /// <summary>How many predictions are safe: stored, or kept of shards that are not complete.</summary>
    public int Safe => stored.Stored + _kept.Values.Sum(shard => shard.Answers);

    /// <summary>Records how many answers of a shard in progress are kept, whatever becomes of its parts.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="benchmark">The benchmark of its samples.</param>
    /// <param name="answers">How many of them have a kept answer; 0 once the shard is stored.</param>
    public void Keep(ShardIndex shard, BenchmarkName benchmark, int answers)
    {
        if (answers > 0)
            _kept[shard] = (benchmark, answers);
        else
            _kept.Remove(shard);
    }

    /// <summary>Records the progress of a part. If two replicas work on it, the one further along counts.</summary>
    /// <param name="part">The part.</param>
    /// <param name="benchmark">The benchmark of its samples.</param>
    /// <param name="predicted">How many of them have a prediction, failures included.</param>
    /// <param name="failed">How many of those are failures.</param>
    public void Arrived(ShardPart part, BenchmarkName benchmark, int predicted, int failed)
    {
        if (!_inProgress.TryGetValue(part, out var known) || known.Predicted < predicted)
            _inProgress[part] = (benchmark, predicted, failed);
    }

    /// <summary>Forgets the progress of a returned part.</summary>
    /// <param name="part">The part.</param>
    public void Forget(ShardPart part) => _inProgress.Remove(part);

    /// <summary>Counts the predictions of a shard as stored instead of in progress.</summary>
    /// <param name="parts">The parts they arrived in; empty if the shard was already stored.</param>
    /// <param name="predictions">All its predictions.</param>
    public void Store(ImmutableArray<ShardPart> parts, ImmutableArray<PredictionOutline> predictions)
    {
        foreach (ShardPart part in parts)
            Forget(part);
        stored.Add(predictions);
    }

    /// <summary>The progress of each benchmark, in evaluation order.</summary>
    /// <returns>The counts; never more predictions than samples.</returns>
    public ImmutableArray<BenchmarkProgress> ToProgress() => [.. stored.ToProgress().Select(WithArrivals)];

    private BenchmarkProgress WithArrivals(BenchmarkProgress counted)
    {
        var arrived = _inProgress.Where(part => part.Value.Benchmark == counted.Benchmark).GroupBy(part => part.Key.Shard, part => part.Value)
            .ToDictionary(parts => parts.Key, parts => (Predicted: parts.Sum(part => part.Predicted), Failed: parts.Sum(part => part.Failed)));
        // The answers that are kept of a shard are among those of its parts, unless the parts were lost since.
        int kept = _kept.Where(shard => shard.Value.Benchmark == counted.Benchmark)
            .Sum(shard => Math.Max(0, shard.Value.Answers - arrived.GetValueOrDefault(shard.Key).Predicted));
        int predicted = Math.Min(counted.Samples, counted.Predicted + kept + arrived.Values.Sum(shard => shard.Predicted));
        return counted with { Predicted = predicted, Failed = Math.Min(predicted, counted.Failed + arrived.Values.Sum(shard => shard.Failed)) };
    }
}
