using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Metrics;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// All scorers by name. A benchmark's definition says which of them stands for which mode: <c>tinygptv</c> is what the scripts
/// behind the TinyGPT-V paper compute, <c>minigptv2</c> what their ancestor does, <c>official</c> the benchmark's own rule.
/// </summary>
public static class Scorers
{
    private static SampleMean UndecidedShare => new("undecided", sample => sample.Score.Undecided ? 1 : 0);

    private static readonly ImmutableArray<IScorer> AllScorers =
    [
        TextScorer.OfLabel(
            "contains-label",
            "Right if the label occurs anywhere in the lower-cased uncut answer, also inside another word or behind the answer's end.",
            (label, text) => new Score(AnswerText.ContainsLabel(label, text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-any-case",
            "Right if the label occurs anywhere in the uncut answer, also inside another word or behind the answer's end, in upper or lower case.",
            (label, text) => new Score(AnswerText.ContainsLabel(AnswerText.Lower(label), text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-or-yes-no",
            "One point if the label true or false occurs anywhere in the lower-cased uncut answer, and another point if yes or no does: an answer can count twice.",
            (label, text) => new Score((AnswerText.ContainsLabel(label, text) ? 1 : 0) + (AnswerText.ContainsLabel(label == "true" ? "yes" : "no", text) ? 1 : 0))),
        TextScorer.OfLabel(
            "equals-label-lower-cased",
            "Right if the lower-cased uncut answer is the label.",
            (label, text) => new Score(AnswerText.Lower(text) == label ? 1 : 0)),
        TextScorer.OfLabel(
            "equals-label-any-case",
            "Right if the model's own turn, without white space around and a full stop at its end, is the label in upper or lower case.",
            (label, text) => new Score(AnswerText.EqualsAnyCase(AnswerText.WithoutFullStop(AnswerText.OwnTurn(text)), AnswerText.WithoutFullStop(label)) ? 1 : 0)),
        new TextScorer(
            "equals-label",
            "Right if the model's own turn, without white space around, is the label; capitals and full stops count.",
            ReferenceKind.Target,
            (sample, text) => new Score(AnswerText.OwnTurn(text) == sample.Target ? 1 : 0))
        { IsOfficial = true },
        new SideScorer(
            "true-or-false",
            "Right if the whole words true, yes, false and no in the model's own turn all take the label's side. None of them, or both sides, is undecided: what the "
            + "answer was likelier to begin with decides then, and it is wrong if that is not known.",
            ["true", "yes"],
            ["false", "no"])
        { Metrics = [new Accuracy(), UndecidedShare, new RocAuc("true")] },
        TextScorer.OfLabel(
            "contains-yes-or-no",
            "The answer is yes if yes occurs anywhere in the model's own turn, no if otherwise no does, also inside another word; neither is wrong.",
            (label, text) => OfSide(FirstOfYesAndNo(AnswerText.Lower(AnswerText.OwnTurnAsAssistant(text))), label == "yes")),
        TextScorer.OfLabel(
            "equals-yes-or-no",
            "Right if the lower-cased uncut answer, without white space around, is the label yes or no.",
            (label, text) => AnswerText.Strip(AnswerText.Lower(text)) switch
            {
                "yes" => OfSide(true, label == "yes"),
                "no" => OfSide(false, label == "yes"),
                _ => OfSide(null, label == "yes"),
            }),
        new SideScorer(
            "yes-or-no",
            "The area under the ROC curve of how likely the answer was to begin with yes rather than no; and accuracy, where the whole words yes and no in the model's own "
            + "turn take a side. None of them, or both, is undecided: what the answer was likelier to begin with decides then, and it is wrong if that is not known.",
            ["yes"],
            ["no"])
        { Metrics = [new RocAuc("yes"), new Accuracy(), UndecidedShare] },
        TextScorer.OfAnswers(
            "vqa-accuracy",
            "The official VQA accuracy of the model's own turn: each person in turn is left out, a third of a point is given for each other who agrees, at most "
            + "one, and the mean is taken.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(text), string.Equals)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case",
            "The VQA accuracy of the lower-cased own turn, with answers compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(AnswerText.WithoutUnknown(AnswerText.Lower(text))), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case-uncut",
            "The VQA accuracy of the lower-cased uncut answer, with answers compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.WithoutUnknown(AnswerText.Lower(text)), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vizwiz-accuracy",
            "VizWiz's accuracy: as the VQA accuracy, but with the model's own turn always normalized and people's answers never.",
            (answers, text) => VqaAccuracy.OfVizWiz(answers, AnswerText.OwnTurn(text)),
            VizWizMetrics.All),
        TextScorer.OfAnswers(
            "overlapping-answers",
            "A third of a point, at most one, for each person's answer that is the model's own turn, contains it or is contained in it, in lower case; an empty "
            + "answer is contained in all.",
            (answers, text) => VqaAccuracy.OfThirds(answers, OverlapsWith(AnswerText.Lower(AnswerText.OwnTurnAsAssistant(text))))),
        TextScorer.OfAnswers(
            "equal-answers",
            "A third of a point, at most one, for each person's answer that is the uncut answer, in lower case.",
            (answers, text) => VqaAccuracy.OfThirds(answers, answer => AnswerText.EqualsAnyCase(answer, text))),
        .. BoxScorers.All,
        .. GqaScorers.All,
        .. ChoiceScorer.All,
    ];

    /// <summary>All scorers by name, in ordinal order.</summary>
    public static ImmutableSortedDictionary<string, IScorer> ByName { get; } =
        AllScorers.ToImmutableSortedDictionary(scorer => scorer.Name, scorer => scorer, StringComparer.Ordinal);

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
        if (ScoringModes.All.Contains(mode))
        {
            string general = mode.Split('-')[0];
            if (definition.Scorers.ContainsKey(general))
                return general;
            string fallback = definition.FallbackMode ?? ScoringModes.Official;
            if (definition.Scorers.ContainsKey(fallback))
                return fallback;
        }

        throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' has no scoring mode '{mode}'; it has {string.Join(", ", definition.Scorers.Keys)}. Choose one of these.");
    }

    /// <summary>The scorer that stands for a mode in a benchmark.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <param name="mode">The mode, for example <c>tinygptv</c>.</param>
    /// <returns>The scorer of the mode that <see cref="ModeFor"/> gives.</returns>
    /// <exception cref="PrerequisiteException">The benchmark has no such mode and none that stands in, or names a scorer that does not exist.</exception>
    public static IScorer For(BenchmarkDefinition definition, string mode)
    {
        string used = ModeFor(definition, mode);
        string name = definition.Scorers[used];
        return ByName.TryGetValue(name, out IScorer? scorer) ? scorer : throw new PrerequisiteException(
            $"Benchmark '{definition.Name}' asks for the scorer '{name}' in mode '{used}'; there are {string.Join(", ", ByName.Keys)}. Correct \"scorers\" in benchmark.json.");
    }

    /// <summary>The words of which a benchmark's scorers, of whatever mode, must know how likely an answer is to begin with them.</summary>
    /// <param name="definition">The benchmark.</param>
    /// <returns>Each word once, in ordinal order.</returns>
    public static ImmutableArray<string> FirstWordsFor(BenchmarkDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return [.. definition.Scorers.Values.SelectMany(name => ByName.TryGetValue(name, out IScorer? scorer) ? scorer.FirstWords : [])
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static Score OfSide(bool? side, bool label) => side is { } taken ? new Score(taken == label ? 1 : 0) : new Score(0, Undecided: true);

    private static bool? FirstOfYesAndNo(string text) =>
        text.Contains("yes", StringComparison.Ordinal) ? true : text.Contains("no", StringComparison.Ordinal) ? false : null;

    private static Func<string, bool> OverlapsWith(string prediction) => answer =>
        AnswerText.Lower(answer) is var lower && (prediction.Contains(lower, StringComparison.Ordinal) || lower.Contains(prediction, StringComparison.Ordinal));
}
