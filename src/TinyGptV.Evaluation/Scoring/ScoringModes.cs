using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>The scoring modes that the shipped benchmarks have. A definition may name others.</summary>
public static class ScoringModes
{
    /// <summary>What the scripts behind the TinyGPT-V paper compute.</summary>
    public const string TinyGptV = "tinygptv";

    /// <summary>What the other variant of those scripts computes, at the root of their repository.</summary>
    public const string TinyGptVRoot = "tinygptv-root";

    /// <summary>What their ancestor computes.</summary>
    public const string MiniGptV2 = "minigptv2";

    /// <summary>The benchmark's own rule.</summary>
    public const string Official = "official";

    /// <summary>
    /// All of them; those that begin with another one's name are variants of it. The last three are GQA's official evaluation behind other codes' cleaning of answers.
    /// </summary>
    public static ImmutableArray<string> All { get; } = [TinyGptV, TinyGptVRoot, MiniGptV2, Official, "official-llava", "official-triml", "official-lavis"];

    /// <summary>The mode in which a benchmark is scored when a mode is asked for: another one, if it does not have that.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="mode">The mode, for example <c>tinygptv</c>.</param>
    /// <returns>
    /// The mode itself; of a variant such as <c>tinygptv-root</c> the mode that it is a variant of; otherwise <see cref="BenchmarkDefinition.FallbackMode"/>.
    /// </returns>
    /// <exception cref="PrerequisiteException">The benchmark has no such mode, and the mode is none that this program knows; or none can stand in for it.</exception>
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
