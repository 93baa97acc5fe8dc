using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Contracts;

/// <summary>Asks a replica to show that it can read what a run needs.</summary>
/// <param name="Run">The run.</param>
/// <param name="Definitions">The definitions of the benchmarks.</param>
/// <param name="Probes">Images that the coordinator read; the replica must find the same content.</param>
/// <param name="Suspects">Images that this silo could not read before, to be tried once more.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.storage-check")]
public sealed record StorageCheck(
    [property: Id(0)] RunId Run,
    [property: Id(1)] ImmutableArray<BenchmarkDefinition> Definitions,
    [property: Id(2)] ImmutableArray<ProbedImage> Probes,
    [property: Id(3)] ImmutableArray<ProbedImage> Suspects);

/// <summary>An image to be read.</summary>
/// <param name="Definition">Index of its benchmark's definition in the message.</param>
/// <param name="Image">The image, as the annotations name it.</param>
/// <param name="Digest">SHA-256 of its content in lower-case hexadecimal; null if not known.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.probed-image")]
public sealed record ProbedImage([property: Id(0)] int Definition, [property: Id(1)] ImageReference Image, [property: Id(2)] string? Digest);

/// <summary>An image that cannot be read.</summary>
/// <param name="Definition">Index of its benchmark's definition in the message.</param>
/// <param name="Image">The image, as the annotations name it.</param>
/// <param name="IsAbsent">
/// True if there is no such file, false if it cannot be read; null if the preflight did not find it, so that a failure to read it is expected.
/// </param>
[GenerateSerializer, Immutable, Alias("tinygptv.unreadable-image")]
public sealed record UnreadableImage([property: Id(0)] int Definition, [property: Id(1)] ImageReference Image, [property: Id(2)] bool? IsAbsent);

/// <summary>What a replica found.</summary>
/// <param name="Problem">What it cannot read and what to do; null if it read every probe.</param>
/// <param name="Unreadable">The suspects that it cannot read although it read every probe.</param>
[GenerateSerializer, Immutable, Alias("tinygptv.storage-finding")]
public sealed record StorageFinding([property: Id(0)] string? Problem, [property: Id(1)] ImmutableArray<UnreadableImage> Unreadable);
