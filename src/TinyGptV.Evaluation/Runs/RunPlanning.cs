using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Turns benchmarks into what a run evaluates.</summary>
public static class RunPlanning
{
    /// <summary>Applies a sample limit.</summary>
    /// <param name="benchmark">The benchmark as read.</param>
    /// <param name="limit">At most this many samples, the first in file order; null for all.</param>
    /// <returns>The benchmark with the samples that are evaluated.</returns>
    public static Benchmark Take(Benchmark benchmark, int? limit)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return limit is { } count ? benchmark with { Samples = [.. benchmark.Samples.Take(count)] } : benchmark;
    }

    /// <summary>Describes a benchmark for a manifest.</summary>
    /// <param name="benchmark">The benchmark with the samples that are evaluated.</param>
    /// <returns>Its definition, file digests and size.</returns>
    public static BenchmarkManifest Describe(Benchmark benchmark)
    {
        ArgumentNullException.ThrowIfNull(benchmark);
        return new BenchmarkManifest
        {
            Definition = benchmark.Definition,
            Digests = benchmark.Digests,
            Samples = benchmark.Samples.Length,
            Images = benchmark.Samples.Select(sample => sample.Image).Distinct().Count(),
        };
    }
}
