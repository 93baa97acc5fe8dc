using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// All scorers by name. A benchmark's definition assigns a scorer to each mode: <c>tinygptv</c> is what the scripts of the TinyGPT-V
/// paper compute, <c>minigptv2</c> what MiniGPT-v2's scripts compute, <c>official</c> the benchmark's own rule.
/// </summary>
public static class Scorers
{
    /// <summary>All scorers by name, in ordinal order.</summary>
    public static ImmutableSortedDictionary<string, IScorer> ByName { get; } =
        ((IEnumerable<IScorer>)[.. LabelScorers.All, .. AnswerScorers.All, .. BoxScorers.All, .. GqaScorers.All, .. ChoiceScorer.All])
        .ToImmutableSortedDictionary(scorer => scorer.Name, scorer => scorer, StringComparer.Ordinal);

    /// <summary>The scorer of a mode in a benchmark.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="mode">The mode, for example <c>tinygptv</c>.</param>
    /// <returns>The scorer of the mode that <see cref="ScoringModes.ModeFor"/> gives.</returns>
    /// <exception cref="PrerequisiteException">The benchmark has neither the mode nor a fallback, or names an unknown scorer.</exception>
    public static IScorer For(BenchmarkDefinition definition, string mode)
    {
        string used = ScoringModes.ModeFor(definition, mode);
        string name = definition.Scorers[used];
        return ByName.TryGetValue(name, out IScorer? scorer) ? scorer : throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' has an unknown scorer '{name}' in mode '{used}'; expected one of {string.Join(", ", ByName.Keys)}. "
            + "Correct \"scorers\" in benchmark.json.");
    }

    /// <summary>The first words whose probabilities any of a benchmark's scorers needs.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <returns>Each word once, in ordinal order.</returns>
    public static ImmutableArray<string> FirstWordsFor(BenchmarkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. definition.Scorers.Values.SelectMany(name => ByName.TryGetValue(name, out IScorer? scorer) ? scorer.FirstWords : [])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }
}
