using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Runs;

/// <summary>What lies in a run, told without reading it.</summary>
/// <param name="Predictions">Another text whenever the manifest or a shard was written, removed or replaced.</param>
/// <param name="Beside">The files beside the predictions by name, each with another text whenever it was replaced by other content.</param>
public sealed record RunVersions(string Predictions, ImmutableSortedDictionary<string, string> Beside);
