using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The scoring modes of the shipped benchmarks. A definition can add others.</summary>
public static class ScoringModes
{
    /// <summary>What the scripts of the TinyGPT-V paper compute.</summary>
    public const string TinyGptV = "tinygptv";

    /// <summary>What the variant of those scripts at the root of their repository computes.</summary>
    public const string TinyGptVRoot = "tinygptv-root";

    /// <summary>What MiniGPT-v2's scripts compute.</summary>
    public const string MiniGptV2 = "minigptv2";

    /// <summary>The benchmark's own rule.</summary>
    public const string Official = "official";

    /// <summary>
    /// All modes. A mode that starts with another's name is a variant of it. The last three are GQA's official evaluation after other projects' answer
    /// cleaning.
    /// </summary>
    public static ImmutableArray<string> All { get; } = [TinyGptV, TinyGptVRoot, MiniGptV2, Official, "official-llava", "official-triml", "official-lavis"];

    /// <summary>The mode that a benchmark is scored in for a requested mode: a fallback if it lacks that mode.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="mode">The mode, for example <c>tinygptv</c>.</param>
    /// <returns>
    /// The mode itself; else, for a variant such as <c>tinygptv-root</c>, its base mode; else <see cref="BenchmarkDefinition.FallbackMode"/>.
    /// </returns>
    /// <exception cref="PrerequisiteException">The benchmark lacks the mode, and the mode is unknown or has no fallback.</exception>
    public static string ModeFor(BenchmarkDefinition definition, string mode)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(mode);
        if (definition.Scorers.ContainsKey(mode))
            return mode;
        if (All.Contains(mode))
        {
            string general = mode.Split('-')[0];
            if (definition.Scorers.ContainsKey(general))
                return general;
            string fallback = definition.FallbackMode ?? Official;
            if (definition.Scorers.ContainsKey(fallback))
                return fallback;
        }

        throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' has no scoring mode '{mode}'; it has {string.Join(", ", definition.Scorers.Keys)}. Choose one of these.");
    }
}
