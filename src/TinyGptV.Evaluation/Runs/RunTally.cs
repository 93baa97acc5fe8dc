using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Runs;

/// <summary>
/// Counts the predictions of a run: those that are stored, and those that arrived of shards in work. Holds counts only, so that its
/// size does not depend on the number of samples. Not safe for concurrent use.
/// </summary>
public sealed class RunTally
{
    private readonly ImmutableArray<BenchmarkName> _order;
    private readonly Dictionary<BenchmarkName, Counts> _stored;
    private readonly Dictionary<ShardPart, (BenchmarkName Benchmark, int Predicted, int Failed)> _inWork = [];

    /// <summary>Begins at nothing.</summary>
    /// <param name="manifest">The run.</param>
    public RunTally(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        _order = [.. manifest.Benchmarks.Select(benchmark => benchmark.Definition.Name)];
        _stored = manifest.Benchmarks.ToDictionary(benchmark => benchmark.Definition.Name, benchmark => new Counts(benchmark.Samples));
    }

    /// <summary>How many predictions are stored.</summary>
    public int Stored => _stored.Values.Sum(counts => counts.Predicted);

    /// <summary>True when every sample has a stored prediction.</summary>
    public bool IsComplete => _stored.Values.All(counts => counts.Predicted >= counts.Samples);

    /// <summary>Takes note of how far a part in work is. When two replicas work on it, the one that is farther counts.</summary>
    /// <param name="part">The part.</param>
    /// <param name="benchmark">The benchmark of its samples.</param>
    /// <param name="predicted">How many of them have a prediction, failures included.</param>
    /// <param name="failed">How many of those are failures.</param>
    public void Arrived(ShardPart part, BenchmarkName benchmark, int predicted, int failed)
    {
        if (!_inWork.TryGetValue(part, out var known) || known.Predicted < predicted)
            _inWork[part] = (benchmark, predicted, failed);
    }

    /// <summary>Forgets what arrived of a part: it came back, and is predicted anew.</summary>
    /// <param name="part">The part.</param>
    public void Forget(ShardPart part) => _inWork.Remove(part);

    /// <summary>Counts the predictions of a shard as stored, in place of what arrived of it.</summary>
    /// <param name="parts">The parts in which they arrived; none if the shard was found in the store.</param>
    /// <param name="predictions">All its predictions.</param>
    public void Store(ImmutableArray<ShardPart> parts, ImmutableArray<PredictionOutline> predictions)
    {
        foreach (ShardPart part in parts)
            Forget(part);
        foreach (PredictionOutline prediction in predictions)
        {
            if (_stored.TryGetValue(prediction.Benchmark, out Counts? counts))
                counts.Add(prediction.Failed);
        }
    }

    /// <summary>How far each benchmark is, in evaluation order.</summary>
    /// <returns>The counts; never more predictions than samples.</returns>
    public ImmutableArray<BenchmarkProgress> ToProgress() => [.. _order.Select(ProgressOf)];

    private BenchmarkProgress ProgressOf(BenchmarkName benchmark)
    {
        Counts stored = _stored[benchmark];
        var inWork = _inWork.Values.Where(work => work.Benchmark == benchmark);
        int predicted = Math.Min(stored.Samples, stored.Predicted + inWork.Sum(work => work.Predicted));
        return new BenchmarkProgress(benchmark, stored.Samples, predicted, Math.Min(predicted, stored.Failed + inWork.Sum(work => work.Failed)));
    }

    private sealed class Counts(int samples)
    {
        public int Samples { get; } = samples;

        public int Predicted { get; private set; }

        public int Failed { get; private set; }

        public void Add(bool failed)
        {
            Predicted++;
            Failed += failed ? 1 : 0;
        }
    }
}
