using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>Versions of a run's files, found without reading them.</summary>
/// <param name="Predictions">Changes whenever the manifest or a shard is written, removed or replaced.</param>
/// <param name="Beside">The version of each other file by name. It changes whenever the file is replaced by other content.</param>
public sealed record RunVersions(string Predictions, ImmutableSortedDictionary<string, string> Beside);
