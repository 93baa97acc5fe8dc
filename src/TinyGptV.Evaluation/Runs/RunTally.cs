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
    private readonly Dictionary<ShardIndex, (BenchmarkName Benchmark, Counts Counts)> _inWork = [];

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

    /// <summary>Counts a prediction that arrived of a shard in work.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="prediction">The prediction.</param>
    public void Arrived(ShardIndex shard, Prediction prediction)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        if (!_inWork.TryGetValue(shard, out var work))
            _inWork.Add(shard, work = (prediction.Benchmark, new Counts(int.MaxValue)));
        work.Counts.Add(prediction.Failure is not null);
    }

    /// <summary>Forgets what arrived of a shard: it came back, and is predicted anew.</summary>
    /// <param name="shard">The shard.</param>
    public void Forget(ShardIndex shard) => _inWork.Remove(shard);

    /// <summary>Counts the predictions of a shard as stored, in place of what arrived of it.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="predictions">All its predictions.</param>
    public void Store(ShardIndex shard, ImmutableArray<PredictionOutline> predictions)
    {
        Forget(shard);
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
        int predicted = Math.Min(stored.Samples, stored.Predicted + inWork.Sum(work => work.Counts.Predicted));
        return new BenchmarkProgress(benchmark, stored.Samples, predicted, Math.Min(predicted, stored.Failed + inWork.Sum(work => work.Counts.Failed)));
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
