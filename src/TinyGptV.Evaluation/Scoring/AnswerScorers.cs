using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Scorers that compare an answer with those of several annotators.</summary>
internal static class AnswerScorers
{
    public static ImmutableArray<IScorer> All { get; } =
    [
        TextScorer.OfAnswers(
            "vqa-accuracy",
            "The official VQA accuracy of the model's own turn: leaving out each annotator in turn, a third of a point for each other one who agrees, at most "
            + "one; then the mean.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(text), string.Equals)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case",
            "The VQA accuracy of the lower-cased own turn, compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(AnswerText.WithoutUnknown(PythonText.Lower(text))), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case-uncut",
            "The VQA accuracy of the lower-cased uncut answer, compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.WithoutUnknown(PythonText.Lower(text)), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vizwiz-accuracy",
            "VizWiz's accuracy: like the VQA accuracy, but the model's own turn is always normalized and annotators' answers never are.",
            (answers, text) => VqaAccuracy.OfVizWiz(answers, AnswerText.OwnTurn(text)),
            VizWizMetrics.All),
        TextScorer.OfAnswers(
            "overlapping-answers",
            "A third of a point, at most one, for each annotator's answer that equals the model's own turn, contains it or is contained in it, in lower case; "
            + "an empty answer is contained in all.",
            (answers, text) => VqaAccuracy.OfThirds(answers, OverlapsWith(PythonText.Lower(AnswerText.OwnTurnAsAssistant(text))))),
        TextScorer.OfAnswers(
            "equal-answers",
            "A third of a point, at most one, for each annotator's answer that equals the uncut answer, in lower case.",
            (answers, text) => VqaAccuracy.OfThirds(answers, answer => AnswerText.EqualsAnyCase(answer, text))),
    ];

    private static Func<string, bool> OverlapsWith(string prediction) => answer =>
        PythonText.Lower(answer) is var lower && (prediction.Contains(lower, StringComparison.Ordinal) || lower.Contains(prediction, StringComparison.Ordinal));
}
