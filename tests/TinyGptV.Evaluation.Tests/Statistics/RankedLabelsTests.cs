using CsCheck;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class RankedLabelsTests
{
    // Few distinct scores, so that there are many ties; some samples count twice or not at all.
    private static readonly Gen<(double Score, bool Label, int Count)[]> Samples =
        Gen.Select(Gen.Int[0, 6].Select(score => score / 4.0), Gen.Bool, Gen.Int[0, 2]).Array[1, 25];

    [Fact]
    public void RocAuc_AnySamples_IsTheShareOfPairsThatAreInOrder() => Samples.Sample(samples =>
    {
        double won = 0;
        int pairs = 0;
        foreach (var with in samples.Where(sample => sample.Label))
        {
            foreach (var without in samples.Where(sample => !sample.Label))
            {
                pairs += with.Count * without.Count;
                won += with.Count * without.Count * (with.Score > without.Score ? 1 : with.Score == without.Score ? 0.5 : 0);
            }
        }

        double? area = Rank(samples).RocAuc([.. samples.Select(sample => sample.Count)]);

        if (pairs == 0)
            Assert.Null(area);
        else
            Assert.Equal(won / pairs, area!.Value, 1e-12);
    });

    [Fact]
    public void RocAuc_ScoresTurnedRound_IsTheRestOfOne() => Samples.Sample(samples =>
    {
        int[] counts = [.. samples.Select(sample => sample.Count)];
        double? area = Rank(samples).RocAuc(counts), turned = Rank([.. samples.Select(sample => (-sample.Score, sample.Label, sample.Count))]).RocAuc(counts);
        return area is null ? turned is null : Math.Abs(area.Value + turned!.Value - 1) < 1e-12;
    });

    [Fact]
    public void AveragePrecision_AnySamples_IsTheSumOverThresholds() => Samples.Sample(samples =>
    {
        // By definition: precision times the gain in recall, over all thresholds from high to low.
        double all = samples.Sum(sample => sample.Label ? sample.Count : 0), expected = 0, recall = 0;
        foreach (double threshold in samples.Select(sample => sample.Score).Distinct().OrderDescending())
        {
            double found = samples.Where(sample => sample.Score >= threshold && sample.Label).Sum(sample => sample.Count);
            double taken = samples.Where(sample => sample.Score >= threshold).Sum(sample => sample.Count);
            if (all > 0 && taken > 0)
                expected += (found / all - recall) * (found / taken);
            recall = all > 0 ? found / all : 0;
        }

        double? precision = Rank(samples).AveragePrecision([.. samples.Select(sample => sample.Count)]);

        if (all == 0)
            Assert.Null(precision);
        else
            Assert.Equal(expected, precision!.Value, 1e-12);
    });

    [Theory]
    [InlineData(new[] { 0.1, 0.4, 0.35, 0.8 }, new[] { false, false, true, true }, 0.75, 0.8333333333333333)]
    [InlineData(new[] { 0.5, 0.5, 0.5, 0.5 }, new[] { false, true, true, true }, 0.5, 0.75)]
    [InlineData(new[] { 0.9, 0.1 }, new[] { true, false }, 1.0, 1.0)]
    [InlineData(new[] { double.NegativeInfinity, double.PositiveInfinity, 0.5 }, new[] { true, false, true }, 0.0, 0.5833333333333333)]
    public void Areas_WorkedExamples_AreKnown(double[] scores, bool[] labels, double roc, double precision)
    {
        var ranked = new RankedLabels(scores, labels);
        int[] once = [.. scores.Select(_ => 1)];
        Assert.Equal(roc, ranked.RocAuc(once)!.Value, 1e-12);
        Assert.Equal(precision, ranked.AveragePrecision(once)!.Value, 1e-12);
    }

    private static RankedLabels Rank(IReadOnlyCollection<(double Score, bool Label, int Count)> samples) =>
        new([.. samples.Select(sample => sample.Score)], [.. samples.Select(sample => sample.Label)]);
}
