using System.Collections.Immutable;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>
/// The metrics of VizWiz's evaluation: accuracy, and how well a model detects unanswerable questions. As in TRI-ML's scripts, the text decides: whether the
/// normalized answer is <c>unanswerable</c>. The official ranking uses a likelihood, which is not available here.
/// </summary>
internal static class VizWizMetrics
{
    private const string Unanswerable = "unanswerable";
    private const string NotSaid = "the annotations do not say which questions are answerable";

    public static ImmutableArray<IMetric> All { get; } =
    [
        new Accuracy(),
        new SampleMean("predicted-unanswerable", sample => SaysUnanswerable(sample) is true ? 1 : 0),
        new SampleMean("answerability-accuracy", sample => IsUnanswerable(sample) is { } truth ? SaysUnanswerable(sample) == truth ? 1 : 0 : null)
        { Unavailable = NotSaid },
        new Detection("answerability-average-precision", IsUnanswerable, SaysUnanswerable, NotSaid, Detection.AveragePrecision),
        new Detection("answerability-f1", IsUnanswerable, SaysUnanswerable, NotSaid, Detection.F1),
    ];

    private static bool? IsUnanswerable(ScoredSample sample) => sample.Prediction.Sample.PartOf("answerable") is { } part ? part == "no" : null;

    private static bool? SaysUnanswerable(ScoredSample sample) => sample.Prediction.Generation is { } answer
        ? VqaText.Normalize(VqaText.Trim(AnswerText.OwnTurn(answer.Text)), Contractions.VizWiz) == Unanswerable
        : null;
}
