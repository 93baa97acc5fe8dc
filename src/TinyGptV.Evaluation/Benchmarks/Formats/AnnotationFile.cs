namespace TinyGptV.Evaluation.Benchmarks.Formats;

/// <summary>An open annotation file.</summary>
/// <param name="Name">The name for messages: its path below the benchmark's folder.</param>
/// <param name="Content">The stream, at its start. The reader reads it to the end unless it finds an error, and disposes it.</param>
public sealed record AnnotationFile(string Name, Stream Content);
