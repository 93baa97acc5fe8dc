using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Sharding;

/// <summary>An image that the coordinator read: a replica of the run must find the same content.</summary>
/// <param name="Benchmark">The benchmark of the image.</param>
/// <param name="Image">The image.</param>
/// <param name="Digest">SHA-256 of its content in lower-case hexadecimal.</param>
public sealed record RunProbe(BenchmarkName Benchmark, ImageReference Image, string Digest);
