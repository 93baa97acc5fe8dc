using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Cluster.Contracts;

/// <summary>
/// The replica could not read an image that the preflight found. Its storage may be at fault, so the lease failed and no sample did.
/// </summary>
/// <param name="message">Which replica, which image, and why.</param>
/// <param name="benchmark">The benchmark of the image.</param>
/// <param name="image">The image.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.storage-fault")]
public sealed class StorageFaultException(string message, BenchmarkName benchmark, ImageReference image) : OrleansException(message)
{
    /// <summary>The benchmark of the image.</summary>
    [Id(0)]
    public BenchmarkName Benchmark { get; } = benchmark;

    /// <summary>The image, as the annotations name it.</summary>
    [Id(1)]
    public ImageReference Image { get; } = image;
}
