namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>An annotation file, opened.</summary>
/// <param name="Name">The name that messages give it: its path below the benchmark's folder.</param>
/// <param name="Content">The bytes from the beginning. The reader reads them to the end, unless it finds a mistake, and disposes the stream.</param>
public sealed record AnnotationFile(string Name, Stream Content);
