using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Scoring;

namespace TinyGptV.Evaluation.Tests.Scoring;

public sealed class BoxScorersTests
{
    private static readonly ReferenceBox Truth = new(10, 10, 40, 40, 100, 100);

    [Fact]
    public void Measure_Boxes_GivesMeanOverlapOtherLimitsAndTheShareWithoutBox()
    {
        ImmutableArray<string> texts =
            ["{<10><10><50><50>}", "{<10><10><50><30>}", "{<10><10><50><20>}", "{<60><60><90><90>}", "a cat", "left {<10><10><50><50>}"];
        ImmutableArray<ScoredSample> samples = [.. texts.Select((text, i) => Scored("box-overlap", $"{i}", text))];

        Assert.Equal([1, 0.5, 0.25, 0, null, null], samples.Select(sample => sample.Score.Overlap));
        Assert.Equal((2 / 6.0, 1.75 / 6, 3 / 6.0, 1 / 6.0, 2 / 6.0),
        (Measure("box-overlap", "accuracy", samples), Measure("box-overlap", "mean-iou", samples), Measure("box-overlap", "accuracy-at-0.25", samples),
            Measure("box-overlap", "accuracy-at-0.75", samples), Measure("box-overlap", "unparsable", samples)));
    }

    [Fact]
    public void Score_OverlapOfExactlyTheLimit_PassesInOneConventionOnly()
    {
        // Continuous: 40 x 20 of 40 x 40. With last pixels: 11 x 22 of 22 x 22.
        Assert.Equal(1, Scored("box-overlap", "1", "{<10><10><50><30>}").Score.Value);
        ReferenceBox pixels = new(0, 0, 21, 21, 100, 100);
        ScoredSample half = Scored("box-overlap-of-pixels", "2", "{<0><0><21><10>}", pixels);
        Assert.Equal((0.5, 0), (half.Score.Overlap, half.Score.Value));
    }

    [Fact]
    public void Score_BoxesThatCoverNothing_OverlapByNothing()
    {
        ScoredSample none = Scored("box-overlap", "1", "{<10><10><10><10>}", new ReferenceBox(10, 10, 0, 0, 100, 100));
        Assert.Equal((0.0, 0, false), (none.Score.Overlap, none.Score.Value, none.Score.Undecided));
    }

    [Fact]
    public void Measure_AnyBoxes_LimitsAreInOrder() => Gen.Int[0, 100].Array[4].Array[1, 8].Sample(boxes =>
    {
        foreach (string scorer in (string[])["box-overlap", "box-overlap-of-pixels"])
        {
            ImmutableArray<ScoredSample> samples = [.. boxes.Select((box, i) => Scored(scorer, $"{i}", "{<" + string.Join("><", box) + ">}"))];
            double quarter = Measure(scorer, "accuracy-at-0.25", samples), half = Measure(scorer, "accuracy", samples), most = Measure(
                scorer, "accuracy-at-0.75", samples);
            Assert.True(quarter >= half && half >= most);
            Assert.InRange(Measure(scorer, "mean-iou", samples), 0.75 * most, 1);
        }
    }, iter: 200);

    private static double Measure(string scorer, string metric, ImmutableArray<ScoredSample> samples) =>
        Scorers.ByName[scorer].Metrics.Single(one => one.Name == metric).Measure(samples, missing: 0).Value!.Value;

    private static ScoredSample Scored(string scorer, string id, string text, ReferenceBox? truth = null)
    {
        Prediction prediction = Predictions.Generated("refcoco-val", id, "", text);
        return Scorers.ByName[scorer].Judge(prediction with { Sample = prediction.Sample with { Box = truth ?? Truth } });
    }
}
