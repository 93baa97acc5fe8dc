using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Which samples of a run were asked again after a failure.</summary>
public static class RetriedSamples
{
    /// <summary>Counts the samples that failed once and were asked again, however often, and whatever came of it.</summary>
    /// <param name="store">The store.</param>
    /// <param name="run">The run.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The number of samples.</returns>
    /// <exception cref="PrerequisiteException">The history cannot be read, or is malformed.</exception>
    public static async ValueTask<int> CountAsync(IRunStore store, RunId run, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var samples = new HashSet<(BenchmarkName Benchmark, SampleId Sample)>();
        foreach (PastShard past in await store.ListHistoryAsync(run, cancellationToken))
        {
            foreach (PredictionOutline outline in (await store.ReadHistoryAsync(run, past, cancellationToken)).Outlines().Where(outline => outline.Failed))
                samples.Add((outline.Benchmark, outline.Sample));
        }

        return samples.Count;
    }
}
