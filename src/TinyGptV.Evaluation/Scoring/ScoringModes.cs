using System.Collections.Immutable;

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
}
