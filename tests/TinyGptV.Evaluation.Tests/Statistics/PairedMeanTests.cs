using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class PairedMeanTests
{
    private static Gen<ImmutableArray<PairedScore>> SomePairs { get; } = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 3], Gen.Int[0, 3])
        .Select((image, a, b) => new PairedScore(new ImageReference($"{image}.jpg"), a / 3.0, b / 3.0)).Array[2, 40].Select(pairs => pairs.ToImmutableArray());

    // A. Agresti, Categorical Data Analysis, section 10.1: 1,600 people; 150 approved only in the first survey, 86 only in the second.
    // The difference is -0.04, its standard error 0.0095, its interval -0.06 to -0.02.
    [Fact]
    public void Compare_AgrestisExample_HasItsDifferenceErrorAndInterval()
    {
        MetricDifference found = PairedMean.Compare("accuracy", Table(both: 794, onlyA: 150, onlyB: 86, neither: 570));

        Assert.Equal((944 / 1600.0, 880 / 1600.0), (found.A, found.B));
        Assert.Equal(-0.04, found.Difference!.Value, precision: 12);
        Assert.Equal(0.0095, found.StandardError!.Value, tolerance: 0.0001);
        Assert.Equal(-0.06, found.Interval!.Value.Low, tolerance: 0.002);
        Assert.Equal(-0.02, found.Interval.Value.High, tolerance: 0.002);
        Assert.Equal((86, 150, 1364), (found.Better, found.Worse, found.Same));
        Assert.Equal((PairedTest.McNemar, McNemarTest.PValue(86, 150), McNemarTest.PValue(86, 150)), (found.Test, found.PValue, found.McNemarPValue));
    }

    [Theory]
    [InlineData(20, 8, 2, 10)]
    [InlineData(500, 0, 0, 500)]
    [InlineData(0, 7, 1, 2)]
    public void Compare_OneQuestionAnImage_HasTheIntervalOfBonettAndPrice(int both, int onlyA, int onlyB, int neither)
    {
        double n = both + onlyA + onlyB + neither, first = (onlyA + 1) / (n + 2), second = (onlyB + 1) / (n + 2);
        double half = 1.959963984540054 * Math.Sqrt((first + second - (second - first) * (second - first)) / (n + 2));

        MetricDifference found = PairedMean.Compare("accuracy", Table(both, onlyA, onlyB, neither));

        Assert.Equal(Math.Max(-1, second - first - half), found.Interval!.Value.Low, precision: 12);
        Assert.Equal(Math.Min(1, second - first + half), found.Interval.Value.High, precision: 12);
    }

    [Fact]
    public void Compare_QuestionsOfAnImageThatChangeTogether_ProveNoMoreThanOne()
    {
        ImmutableArray<PairedScore> once = Table(both: 20, onlyA: 3, onlyB: 12, neither: 15);
        ImmutableArray<PairedScore> often = [.. once.SelectMany(pair => Enumerable.Repeat(pair, 6))];

        MetricDifference single = PairedMean.Compare("accuracy", once), sixfold = PairedMean.Compare("accuracy", often);

        Assert.Equal((PairedTest.McNemar, PairedTest.SignFlips), (single.Test!.Value, sixfold.Test!.Value));
        Assert.Equal(single.PValue!.Value, sixfold.PValue!.Value, precision: 12);
        Assert.True(sixfold.McNemarPValue < 0.001 && single.McNemarPValue > 0.03);
        Assert.Equal(single.StandardError!.Value, sixfold.StandardError!.Value, precision: 12);
        Assert.Equal(single.Detectable!.Value, sixfold.Detectable!.Value, tolerance: 0.02 * single.Detectable.Value);
    }

    [Fact]
    public void Compare_GradedScores_AreTestedByTheBootstrap()
    {
        ImmutableArray<PairedScore> pairs = [.. Enumerable.Range(0, 200).Select(
            i => new PairedScore(new ImageReference($"{i}"), i % 4 / 3.0, (i + (i % 5 == 0 ? 1 : 0)) % 4 / 3.0))];

        MetricDifference found = PairedMean.Compare("accuracy", pairs);

        Assert.Equal((PairedTest.Bootstrap, null), (found.Test, found.McNemarPValue));
        Assert.Equal(0, found.Difference!.Value, precision: 12);
        Assert.InRange(found.PValue!.Value, 0.9, 1);
        MetricDifference better = PairedMean.Compare(
            "accuracy", [.. pairs.Select(pair => pair with { B = Math.Min(1, pair.A + (pair.A is > 0 and < 0.5 ? 0.3 : 0)) })]);
        Assert.Equal(1.0 / (PairedBootstrap.Replicates + 1), better.PValue);
    }

    [Fact]
    public void Compare_ScoresOfTwiceTheSize_GiveTwiceTheNumbers() => SomePairs.Sample(pairs =>
    {
        // One graded score at least, and the highest one: the range is 0..1, and 0..2 when doubled.
        pairs = [.. pairs, new(new ImageReference("x"), 1, 0.5), new(new ImageReference("y"), 0.25, 0.5)];

        MetricDifference once = PairedMean.Compare("m", pairs, draws: 99);
        MetricDifference twice = PairedMean.Compare("m", [.. pairs.Select(pair => pair with { A = 2 * pair.A, B = 2 * pair.B })], draws: 99);

        Assert.Equal(2 * once.Difference!.Value, twice.Difference!.Value, precision: 10);
        Assert.Equal(2 * once.StandardError!.Value, twice.StandardError!.Value, precision: 10);
        Assert.Equal(2 * once.Interval!.Value.Low, twice.Interval!.Value.Low, precision: 10);
        Assert.Equal(2 * once.Interval.Value.High, twice.Interval.Value.High, precision: 10);
        Assert.Equal(2 * (once.Detectable ?? -1), twice.Detectable ?? -2, precision: 10);
    }, iter: 20);

    [Theory]
    [InlineData(0.5, 1)]
    [InlineData(0, 0.5)]
    public void Compare_OneRunIsGraded_IsTestedByTheBootstrap(double a, double b)
    {
        MetricDifference found = PairedMean.Compare("m", [new(new ImageReference("1"), a, b), new(new ImageReference("2"), 0, 1)], draws: 9);

        Assert.Equal((PairedTest.Bootstrap, null), (found.Test, found.McNemarPValue));
    }

    [Fact]
    public void PValue_OfGradedChanges_IsAboutThatOfStudentsTest()
    {
        // Thirty images that changed by -2 to 4 points: not far from normal, so that the t-test of their mean is about right.
        ClusterTotal[] changes = [.. Enumerable.Range(0, 30).Select(i => new ClusterTotal(1, i * 7 % 30 % 7 - 2.4))];
        double mean = changes.Average(change => change.Sum), variance = changes.Sum(change => (change.Sum - mean) * (change.Sum - mean)) / 29;

        double p = PairedBootstrap.PValue(changes, draws: 4999);

        Assert.Equal(StudentT.BothTails(mean / Math.Sqrt(variance / 30), 29), p, tolerance: 0.02);
        Assert.Equal(p, PairedBootstrap.PValue([.. changes.Select(change => change with { Sum = -change.Sum })], draws: 4999));
    }

    [Fact]
    public void PValue_ImagesOfUnequalSizes_IsTheSameInAnyUnit()
    {
        ClusterTotal[] changes = [.. Enumerable.Range(0, 40).Select(i => new ClusterTotal(1 + i % 3, i % 5 - 1.5))];

        double p = PairedBootstrap.PValue(changes, draws: 999);

        Assert.InRange(p, 0.02, 0.2);
        Assert.Equal(p, PairedBootstrap.PValue([.. changes.Select(change => change with { Sum = change.Sum / 4 })], draws: 999));
    }

    [Fact]
    public void PValue_NothingChangedOrEverythingDid_IsTheLargestOrTheSmallest()
    {
        Assert.Equal(1, PairedBootstrap.PValue([new ClusterTotal(1, 1), new ClusterTotal(1, -1)], draws: 9));
        Assert.Equal(1.0 / 100, PairedBootstrap.PValue([.. Enumerable.Range(0, 50).Select(i => new ClusterTotal(1, 10 + i % 3))], draws: 99));
    }

    [Fact]
    public void Compare_ThreeGradedImages_ProveNothing()
    {
        // Student's factor for two degrees of freedom is twice that of many: three images count for fewer.
        ImmutableArray<PairedScore> pairs = [.. Enumerable.Range(1, 3).Select(i => new PairedScore(new ImageReference($"{i}"), 0, i / 10.0))];

        Assert.True(PairedMean.Compare("m", pairs, draws: 9).Interval!.Value.Low < 0);
    }

    [Fact]
    public void PValue_ImagesOfUnequalSizes_WeighByTheirSamples()
    {
        // The statistic of the ratio of sums, drawn here with other numbers: the two agree as far as draws can.
        ClusterTotal[] changes = [.. Enumerable.Range(0, 40).Select(i => new ClusterTotal(1 + i % 3, i % 5 - 1.5))];
        (double mean, double error) = Ratio(changes, 0);
        var random = new Random(1);
        int asFar = 0;
        for (int draw = 0; draw < 20_000; draw++)
        {
            (double shift, double ownError) = Ratio([.. changes.Select(_ => changes[random.Next(changes.Length)])], mean);
            asFar += Math.Abs(shift / ownError) >= Math.Abs(mean / error) ? 1 : 0;
        }

        Assert.Equal(asFar / 20_000.0, PairedBootstrap.PValue(changes), tolerance: 0.01);

        static (double Distance, double Error) Ratio(ClusterTotal[] clusters, double other)
        {
            double samples = clusters.Sum(cluster => cluster.Samples), mean = clusters.Sum(cluster => cluster.Sum) / samples;
            return (mean - other, Math.Sqrt(clusters.Sum(cluster => Math.Pow(cluster.Sum - mean * cluster.Samples, 2))) / samples);
        }
    }

    [Fact]
    public void Compare_NoScoreAboveAHalf_MayStillBeUpToOne()
    {
        ImmutableArray<PairedScore> pairs = [.. Enumerable.Range(0, 4).Select(i => new PairedScore(new ImageReference($"{i}"), 0, i == 0 ? 0.3 : 0.5))];

        Assert.True(PairedMean.Compare("m", pairs, draws: 9).Interval!.Value.High > 0.5);
    }

    [Fact]
    public void Compare_ChangesOfHalfAPoint_HaveHalfTheIntervalOfWholeOnes()
    {
        ImmutableArray<PairedScore> whole = Table(both: 190, onlyA: 5, onlyB: 15, neither: 190);

        MetricDifference half = PairedMean.Compare("m", [.. whole.Select(pair => pair with { A = pair.A / 2, B = pair.B / 2 })], draws: 9);

        Interval expected = PairedMean.Compare("m", whole).Interval!.Value;
        // Graded scores are taken a little more carefully.
        Assert.Equal(expected.Low / 2, half.Interval!.Value.Low, tolerance: 0.0005);
        Assert.Equal(expected.High / 2, half.Interval.Value.High, tolerance: 0.0005);
    }

    [Fact]
    public void Compare_OtherWayRound_IsTheSameWithTheOtherSign() => SomePairs.Sample(pairs =>
    {
        MetricDifference there = PairedMean.Compare("m", pairs), back = PairedMean.Compare(
            "m", [.. pairs.Select(pair => new PairedScore(pair.Image, pair.B, pair.A))]);
        Assert.Equal(-there.Difference!.Value, back.Difference!.Value, precision: 12);
        Assert.Equal((there.Better, there.Worse), (back.Worse, back.Better));
        Assert.Equal(there.Interval is { } interval ? -interval.High : double.NaN, back.Interval?.Low ?? double.NaN, precision: 9);
        Assert.Equal(there.PValue, back.PValue);
    }, iter: 20);

    [Fact]
    public void Compare_OtherOrderOfPairs_IsTheSame() =>
        SomePairs.SelectMany(pairs => Gen.Shuffle(pairs.ToArray()).Select(shuffled => (pairs, shuffled))).Sample(both =>
        {
            MetricDifference one = PairedMean.Compare("m", both.pairs), other = PairedMean.Compare("m", [.. both.shuffled]);
            Assert.Equal(one, other);
        }, iter: 20);

    [Fact]
    public void Compare_OneImageOrNone_HasNoError()
    {
        MetricDifference one = PairedMean.Compare("m", [new(new ImageReference("1"), 0, 1), new(new ImageReference("1"), 0, 1)]);

        Assert.Equal((1.0, null, null, null), (one.Difference, one.StandardError, one.Interval, one.PValue));
        Assert.Equal((0, null), (PairedMean.Compare("m", []).Samples, PairedMean.Compare("m", []).Difference));
    }

    private static ImmutableArray<PairedScore> Table(int both, int onlyA, int onlyB, int neither)
    {
        int image = 0;
        IEnumerable<PairedScore> Some(int count, double a, double b) => Enumerable.Range(0, count).Select(
            _ => new PairedScore(new ImageReference($"{image++}"), a, b));
        return [.. Some(both, 1, 1), .. Some(onlyA, 1, 0), .. Some(onlyB, 0, 1), .. Some(neither, 0, 0)];
    }
}
