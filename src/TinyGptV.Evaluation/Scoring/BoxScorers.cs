using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Evaluation.Scoring;

/// <summary>Scorers of boxes: right if the overlap with the true box passes 0.5. Also reports the mean overlap and other thresholds.</summary>
internal static class BoxScorers
{
    private delegate bool Passing(double overlap, double limit);

    public static ImmutableArray<IScorer> All { get; } =
    [
        Of(
            "box-overlap-of-pixels",
            "Right if the uncut answer starts with a box, has no other number, and the overlap is more than 0.5, counting the last pixel of each side.",
            BoxText.FindAlone,
            lastPixel: 1,
            (overlap, limit) => overlap > limit),
        Of(
            "box-overlap",
            "Right if the model's own turn starts with a box that overlaps the true box by at least 0.5.",
            text => BoxText.Find(AnswerText.OwnTurn(text)),
            lastPixel: 0,
            (overlap, limit) => overlap >= limit),
    ];

    private static TextScorer Of(string name, string description, Func<string, ImmutableArray<int>?> find, int lastPixel, Passing passes)
    {
        SampleMean At(string metric, double limit) => new(metric, sample => sample.Score.Overlap is { } overlap && passes(overlap, limit) ? 1 : 0);
        return TextScorer.OfBox(
            name,
            description,
            find,
            (box, truth) => JudgeBox(box, truth, lastPixel, passes),
            [
                new Accuracy(),
                new SampleMean("mean-iou", sample => sample.Score.Overlap ?? 0),
                At("accuracy-at-0.25", 0.25),
                At("accuracy-at-0.75", 0.75),
                new SampleMean("unparsable", sample => sample.IsAnswered && sample.Score.Undecided ? 1 : 0),
            ]);
    }

    /// <summary>Empty boxes have overlap 0.</summary>
    private static Score JudgeBox(ImmutableArray<int> box, ReferenceBox truth, int lastPixel, Passing passes)
    {
        double overlap = BoxOverlap.Of(box, truth, lastPixel);
        return new Score(passes(overlap, 0.5) ? 1 : 0, Overlap: double.IsNaN(overlap) ? 0 : Math.Clamp(overlap, 0, 1));
    }
}
