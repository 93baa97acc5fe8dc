using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Scorers that compare an answer with those of several people.</summary>
internal static class AnswerScorers
{
    public static ImmutableArray<IScorer> All { get; } =
    [
        TextScorer.OfAnswers(
            "vqa-accuracy",
            "The official VQA accuracy of the model's own turn: each person in turn is left out, a third of a point is given for each other who agrees, at most "
            + "one, and the mean is taken.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(text), string.Equals)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case",
            "The VQA accuracy of the lower-cased own turn, with answers compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.OwnTurn(AnswerText.WithoutUnknown(PythonText.Lower(text))), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vqa-accuracy-any-case-uncut",
            "The VQA accuracy of the lower-cased uncut answer, with answers compared in lower case.",
            (answers, text) => VqaAccuracy.OfVqa(answers, AnswerText.WithoutUnknown(PythonText.Lower(text)), AnswerText.EqualsAnyCase)),
        TextScorer.OfAnswers(
            "vizwiz-accuracy",
            "VizWiz's accuracy: as the VQA accuracy, but with the model's own turn always normalized and people's answers never.",
            (answers, text) => VqaAccuracy.OfVizWiz(answers, AnswerText.OwnTurn(text)),
            VizWizMetrics.All),
        TextScorer.OfAnswers(
            "overlapping-answers",
            "A third of a point, at most one, for each person's answer that is the model's own turn, contains it or is contained in it, in lower case; an empty "
            + "answer is contained in all.",
            (answers, text) => VqaAccuracy.OfThirds(answers, OverlapsWith(PythonText.Lower(AnswerText.OwnTurnAsAssistant(text))))),
        TextScorer.OfAnswers(
            "equal-answers",
            "A third of a point, at most one, for each person's answer that is the uncut answer, in lower case.",
            (answers, text) => VqaAccuracy.OfThirds(answers, answer => AnswerText.EqualsAnyCase(answer, text))),
    ];

    private static Func<string, bool> OverlapsWith(string prediction) => answer =>
        PythonText.Lower(answer) is var lower && (prediction.Contains(lower, StringComparison.Ordinal) || lower.Contains(prediction, StringComparison.Ordinal));
}
