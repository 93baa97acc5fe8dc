using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Scorers that compare an answer with one label.</summary>
internal static class LabelScorers
{
    private static SampleMean UndecidedShare => new("undecided", sample => sample.Score.Undecided ? 1 : 0);

    public static ImmutableArray<IScorer> All { get; } =
    [
        TextScorer.OfLabel(
            "contains-label",
            "Right if the label occurs anywhere in the lower-cased uncut answer, also inside another word or behind the answer's end.",
            (label, text) => new Score(AnswerText.ContainsLabel(label, text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-any-case",
            "Right if the label occurs anywhere in the uncut answer, also inside another word or behind the answer's end, in upper or lower case.",
            (label, text) => new Score(AnswerText.ContainsLabel(PythonText.Lower(label), text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-or-yes-no",
            "One point if the label true or false occurs anywhere in the lower-cased uncut answer, and another point if yes or no does: an answer can count twice.",
            (label, text) => new Score((AnswerText.ContainsLabel(label, text) ? 1 : 0) + (AnswerText.ContainsLabel(label == "true" ? "yes" : "no", text) ? 1 : 0))),
        TextScorer.OfLabel(
            "equals-label-lower-cased",
            "Right if the lower-cased uncut answer is the label.",
            (label, text) => new Score(PythonText.Lower(text) == label ? 1 : 0)),
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
            (label, text) => OfSide(FirstOfYesAndNo(PythonText.Lower(AnswerText.OwnTurnAsAssistant(text))), label == "yes")),
        TextScorer.OfLabel(
            "equals-yes-or-no",
            "Right if the lower-cased uncut answer, without white space around, is the label yes or no.",
            (label, text) => PythonText.Strip(PythonText.Lower(text)) switch
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
    ];

    private static Score OfSide(bool? side, bool label) => side is { } taken ? new Score(taken == label ? 1 : 0) : new Score(0, Undecided: true);

    private static bool? FirstOfYesAndNo(string text) =>
        text.Contains("yes", StringComparison.Ordinal) ? true : text.Contains("no", StringComparison.Ordinal) ? false : null;
}
