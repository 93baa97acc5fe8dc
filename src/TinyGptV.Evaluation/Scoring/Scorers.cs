using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// All scorers by name. A benchmark's definition says which of them stands for which mode: <c>tinygptv</c> is what the scripts
/// behind the TinyGPT-V paper compute, <c>minigptv2</c> what their ancestor does, <c>official</c> the benchmark's own rule.
/// </summary>
public static class Scorers
{
    private static readonly ImmutableArray<IScorer> AllScorers =
    [
        new LabelScorer(
            "contains-label",
            "Right if the label occurs anywhere in the lower-cased uncut answer, also inside another word or behind the answer's end.",
            (label, text) => new Score(AnswerText.ContainsLabel(label, text) ? 1 : 0)),
        new LabelScorer(
            "contains-label-or-yes-no",
            "One point if the label true or false occurs anywhere in the lower-cased uncut answer, and another point if yes or no does: an answer can count twice.",
            (label, text) => new Score((AnswerText.ContainsLabel(label, text) ? 1 : 0) + (AnswerText.ContainsLabel(label == "true" ? "yes" : "no", text) ? 1 : 0))),
        new LabelScorer(
            "equals-label-lower-cased",
            "Right if the lower-cased uncut answer is the label.",
            (label, text) => new Score(AnswerText.Lower(text) == label ? 1 : 0)),
        new LabelScorer(
            "equals-label",
            "Right if the model's own turn, without white space around, is the label; capitals and full stops count.",
            (label, text) => new Score(AnswerText.OwnTurn(text) == label ? 1 : 0)),
        new LabelScorer(
            "true-or-false",
            "Right if the whole words true, yes, false and no in the model's own turn all take the label's side; none of them, or both sides, is undecided and wrong.",
            (label, text) => AnswerText.Side(text) is { } side ? new Score(side == (label == "true") ? 1 : 0) : new Score(0, Undecided: true)),
        new ChoiceScorer(
            "mean-likelihood-choice",
            "Right if the choice with the highest mean log-likelihood per token is the labelled one.",
            choice => choice.MeanLogLikelihood),
        new ChoiceScorer(
            "sum-likelihood-choice",
            "Right if the choice with the highest total log-likelihood is the labelled one, which favours short choices.",
            choice => choice.LogLikelihood),
    ];

    /// <summary>All scorers by name, in ordinal order.</summary>
    public static ImmutableSortedDictionary<string, IScorer> ByName { get; } =
        AllScorers.ToImmutableSortedDictionary(scorer => scorer.Name, scorer => scorer, StringComparer.Ordinal);

    /// <summary>The scorer that stands for a mode in a benchmark.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="mode">The mode, for example <c>tinygptv</c>.</param>
    /// <returns>The scorer.</returns>
    /// <exception cref="PrerequisiteException">The benchmark has no such mode, or names a scorer that does not exist.</exception>
    public static IScorer For(BenchmarkDefinition definition, string mode)
    {
        ArgumentNullException.ThrowIfNull(definition);
        if (!definition.Scorers.TryGetValue(mode, out string? name))
            throw new PrerequisiteException(
                $"Benchmark '{definition.Name}' has no scoring mode '{mode}'; it has {string.Join(", ", definition.Scorers.Keys)}. Choose one of these.");
        return ByName.TryGetValue(name, out IScorer? scorer) ? scorer : throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' asks for the scorer '{name}' in mode '{mode}'; there are {string.Join(", ", ByName.Keys)}. Correct \"scorers\" in benchmark.json.");
    }
}
