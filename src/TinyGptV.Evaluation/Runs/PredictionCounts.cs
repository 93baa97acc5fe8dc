using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Counts the stored predictions of a run by benchmark, in constant space. Not thread-safe.</summary>
public sealed class PredictionCounts
{
    private readonly ImmutableArray<BenchmarkName> _order;
    private readonly Dictionary<BenchmarkName, Counts> _counts;

    /// <summary>Starts at zero.</summary>
    /// <param name="manifest">The run.</param>
    public PredictionCounts(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        _order = [.. manifest.Benchmarks.Select(benchmark => benchmark.Definition.Name)];
        _counts = manifest.Benchmarks.ToDictionary(benchmark => benchmark.Definition.Name, benchmark => new Counts(benchmark.Samples));
    }

    /// <summary>How many predictions are stored.</summary>
    public int Stored => _counts.Values.Sum(counts => counts.Predicted);

    /// <summary>Counts the predictions of a shard.</summary>
    /// <param name="predictions">All its predictions; those of unknown benchmarks are ignored.</param>
    public void Add(ImmutableArray<PredictionOutline> predictions)
    {
        foreach (PredictionOutline prediction in predictions)
        {
            if (_counts.TryGetValue(prediction.Benchmark, out Counts? counts))
                counts.Add(prediction.Failed);
        }
    }

    /// <summary>The progress of each benchmark, in evaluation order.</summary>
    /// <returns>The counts; never more predictions than samples.</returns>
    public ImmutableArray<BenchmarkProgress> ToProgress() => [.. _order.Select(benchmark => _counts[benchmark].ToProgress(benchmark))];

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

        public BenchmarkProgress ToProgress(BenchmarkName benchmark)
        {
            int predicted = Math.Min(Samples, Predicted);
            return new BenchmarkProgress(benchmark, Samples, predicted, Math.Min(predicted, Failed));
        }
    }
}
