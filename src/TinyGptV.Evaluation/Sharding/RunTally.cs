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

    /// <summary>How many predictions are stored.</summary>
    public int Stored => stored.Stored;

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
        var arrived = _inProgress.Values.Where(part => part.Benchmark == counted.Benchmark);
        int predicted = Math.Min(counted.Samples, counted.Predicted + arrived.Sum(part => part.Predicted));
        return counted with { Predicted = predicted, Failed = Math.Min(predicted, counted.Failed + arrived.Sum(part => part.Failed)) };
    }
}
