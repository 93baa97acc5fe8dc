using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Scorers that compare an answer with one label.</summary>
internal static class LabelScorers
{
    private static SampleMean UndecidedShare => new("undecided-share", sample => sample.Score.Undecided ? 1 : 0);

    public static ImmutableArray<IScorer> All { get; } =
    [
        TextScorer.OfLabel(
            "contains-label",
            "Right if the label occurs anywhere in the lower-cased uncut answer, even inside another word or after the model's own turn.",
            (label, text) => new Score(AnswerText.ContainsLabel(label, text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-any-case",
            "Right if the label occurs anywhere in the uncut answer, ignoring case, even inside another word or after the model's own turn.",
            (label, text) => new Score(AnswerText.ContainsLabel(PythonText.Lower(label), text) ? 1 : 0)),
        TextScorer.OfLabel(
            "contains-label-or-yes-no",
            "One point if the label (true or false) occurs anywhere in the lower-cased uncut answer, and another if its yes or no does; "
            + "an answer can count twice.",
            (label, text) => new Score(
                (AnswerText.ContainsLabel(label, text) ? 1 : 0) + (AnswerText.ContainsLabel(label == "true" ? "yes" : "no", text) ? 1 : 0))),
        TextScorer.OfLabel(
            "equals-label-lower-cased",
            "Right if the lower-cased uncut answer is the label.",
            (label, text) => new Score(PythonText.Lower(text) == label ? 1 : 0)),
        TextScorer.OfLabel(
            "equals-label-any-case",
            "Right if the trimmed own turn of the model, without a full stop at the end, is the label, ignoring case.",
            (label, text) => new Score(
                AnswerText.EqualsAnyCase(AnswerText.WithoutFullStop(AnswerText.OwnTurn(text)), AnswerText.WithoutFullStop(label)) ? 1 : 0)),
        new TextScorer(
            "equals-label",
            "Right if the trimmed own turn of the model is the label; capitals and full stops count.",
            ReferenceKind.Target,
            (sample, text) => new Score(AnswerText.OwnTurn(text) == sample.Target ? 1 : 0))
        { IsOfficial = true },
        new SideScorer(
            "true-or-false",
            "Right if the whole words true, yes, false and no in the model's own turn are all on the label's side. If there is none, or both sides occur, "
            + "it is undecided: the likelier first word decides, and the answer is wrong if that is unknown.",
            ["true", "yes"],
            ["false", "no"])
        { Metrics = [new Accuracy(), UndecidedShare, new RocAuc("true")] },
        TextScorer.OfLabel(
            "contains-yes-or-no",
            "The answer is yes if yes occurs anywhere in the model's own turn, else no if no does, even inside another word; neither is wrong.",
            (label, text) => OfSide(FirstOfYesAndNo(PythonText.Lower(AnswerText.OwnTurnAsAssistant(text))), label == "yes")),
        TextScorer.OfLabel(
            "equals-yes-or-no",
            "Right if the trimmed, lower-cased uncut answer is the label, yes or no.",
            (label, text) => PythonText.Strip(PythonText.Lower(text)) switch
            {
                "yes" => OfSide(true, label == "yes"),
                "no" => OfSide(false, label == "yes"),
                _ => OfSide(null, label == "yes"),
            }),
        new SideScorer(
            "yes-or-no",
            "ROC-AUC of the probability that the answer starts with yes rather than no, and accuracy by the whole words yes and no in the model's own turn. If "
            + "neither or both occur, it is undecided: the likelier first word decides, and the answer is wrong if that is unknown.",
            ["yes"],
            ["no"])
        { Metrics = [new RocAuc("yes"), new Accuracy(), UndecidedShare] },
    ];

    private static Score OfSide(bool? side, bool label) => side is { } taken ? new Score(taken == label ? 1 : 0) : new Score(0, Undecided: true);

    private static bool? FirstOfYesAndNo(string text) =>
        text.Contains("yes", StringComparison.Ordinal) ? true : text.Contains("no", StringComparison.Ordinal) ? false : null;
}
