using CsCheck;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class FairSharesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Choose_HigherPriority_GoesFirstHoweverMuchItHad()
    {
        var shares = new FairShares<string>();
        shares.Join("low", 0);
        shares.Join("high", 1);
        shares.Charge("high", 100 * Second);
        Assert.Equal("high", shares.Choose(["low", "high"]));
        Assert.Equal("low", shares.Choose(["low"]));
    }

    [Fact]
    public void Choose_AnyLeases_GivesRunsThatAlwaysWaitEqualTimes() =>
        Gen.Select(Gen.Int[2, 5], Gen.Double[0.1, 10].Array[50, 200]).Sample((runs, durations) =>
        {
            var shares = new FairShares<int>();
            double[] had = new double[runs];
            int[] waiting = [.. Enumerable.Range(0, runs)];
            foreach (int run in waiting)
                shares.Join(run, 0);
            foreach (double duration in durations)
            {
                int run = shares.Choose(waiting);
                had[run] += duration;
                shares.Charge(run, TimeSpan.FromSeconds(duration));
            }

            // The run with the least time was chosen, so no run is ahead by more than one lease.
            Assert.InRange(had.Max() - had.Min(), 0, 10.001);
        });

    [Fact]
    public void Join_LaterThanOthers_BeginsWhereTheLeastOfThemIs()
    {
        var shares = new FairShares<string>();
        shares.Join("old", 0);
        shares.Charge("old", 100 * Second);
        shares.Join("new", 0);
        Assert.Equal("old", shares.Choose(["old", "new"]));
        shares.Charge("new", Second);
        Assert.Equal("old", shares.Choose(["new", "old"]));
        shares.Charge("old", 2 * Second);
        Assert.Equal("new", shares.Choose(["old", "new"]));
    }

    [Fact]
    public void Join_LaterThanSeveral_BeginsWhereTheOneThatHadLeastIs()
    {
        var shares = new FairShares<string>();
        shares.Join("much", 0);
        shares.Join("little", 0);
        shares.Charge("much", 100 * Second);
        shares.Charge("little", 10 * Second);
        shares.Join("new", 0);
        // Level with the one that had least, and not with the other: a second more, and that one is ahead again.
        Assert.Equal("new", shares.Choose(["much", "new", "little"]));
        shares.Charge("new", Second);
        Assert.Equal("little", shares.Choose(["much", "new", "little"]));
    }

    [Fact]
    public void Join_AmongRunsOfOtherPriorities_IsMeasuredByItsEqualsOnly()
    {
        var shares = new FairShares<string>();
        shares.Join("low", 0);
        shares.Join("high", 1);
        shares.Charge("high", 100 * Second);
        shares.Join("new", 1);
        shares.Charge("new", Second);
        Assert.Equal("high", shares.Choose(["new", "high"]));
    }

    [Fact]
    public void Join_AgainWithTheSamePriority_ForgetsNothing()
    {
        var shares = new FairShares<string>();
        shares.Join("a", 0);
        shares.Join("b", 0);
        shares.Charge("a", Second);
        shares.Join("a", 0);
        Assert.Equal("b", shares.Choose(["a", "b"]));
        shares.Join("a", 5);
        Assert.Equal("a", shares.Choose(["b", "a"]));
        shares.Leave("a");
        shares.Charge("a", Second);
        Assert.Equal("b", shares.Choose(["b"]));
        Assert.Throws<KeyNotFoundException>(() => shares.Choose(["a", "b"]));
    }
}
