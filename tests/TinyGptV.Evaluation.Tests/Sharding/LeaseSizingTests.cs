using CsCheck;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class LeaseSizingTests
{
    private static readonly TimeSpan Target = TimeSpan.FromSeconds(5);

    [Fact]
    public void SamplesFor_ReplicaNobodyMeasured_IsTheLeast() => Assert.Equal(1, new LeaseSizing(Target, 1000).SamplesFor("a", 1_000_000, 2));

    [Fact]
    public void SamplesFor_MeasuredReplica_TakesTheTargetTime()
    {
        var sizing = new LeaseSizing(Target, 1000);
        sizing.Observe("a", 32, TimeSpan.FromSeconds(1.6));
        Assert.Equal(100, sizing.SamplesFor("a", 1_000_000, 2));
        Assert.Equal(TimeSpan.FromSeconds(5), sizing.ExpectedFor("a", 100));
    }

    [Fact]
    public void Observe_OneOddLease_CountsHalf()
    {
        var sizing = new LeaseSizing(Target, 10_000);
        sizing.Observe("a", 20, TimeSpan.FromSeconds(1));
        sizing.Observe("a", 10, TimeSpan.FromSeconds(1));
        Assert.Equal(15 * 5, sizing.SamplesFor("a", 1_000_000, 2));
        sizing.Observe("a", 25, TimeSpan.FromSeconds(1));
        Assert.Equal(20 * 5, sizing.SamplesFor("a", 1_000_000, 2));
    }

    [Fact]
    public void Observe_NamesThatDifferInCapitals_AreTwoReplicas()
    {
        var sizing = new LeaseSizing(Target, 10_000);
        sizing.Observe("a", 20, TimeSpan.FromSeconds(1));
        Assert.Equal(1, sizing.SamplesFor("A", 1_000_000, 2));
    }

    [Fact]
    public void Observe_NoTimeAtAll_IsTakenForAMillisecond()
    {
        var sizing = new LeaseSizing(Target, 10_000);
        sizing.Observe("a", 10, TimeSpan.Zero);
        Assert.Equal(TimeSpan.FromMilliseconds(1), sizing.ExpectedFor("a", 10));
    }

    [Fact]
    public void SamplesFor_FewWait_IsHalfAnEvenShare()
    {
        var sizing = new LeaseSizing(Target, 10_000);
        sizing.Observe("a", 1000, TimeSpan.FromSeconds(1));
        Assert.Equal(25, sizing.SamplesFor("a", 100, 2));
        Assert.Equal(50, sizing.SamplesFor("a", 100, 0));
    }

    [Fact]
    public void SamplesFor_FastReplica_IsTheLimitAtMost()
    {
        var sizing = new LeaseSizing(Target, 7);
        sizing.Observe("a", 1000, TimeSpan.FromSeconds(1));
        Assert.Equal(7, sizing.SamplesFor("a", 1_000_000, 2));
    }

    [Fact]
    public void SamplesFor_SpeedChanges_FollowsWithinAFewLeases()
    {
        var sizing = new LeaseSizing(Target, 10_000);
        sizing.Observe("a", 1000, TimeSpan.FromSeconds(1));
        for (int lease = 0; lease < 8; lease++)
            sizing.Observe("a", 10, TimeSpan.FromSeconds(1));
        Assert.InRange(sizing.SamplesFor("a", 1_000_000, 2), 50, 75);
    }

    [Fact]
    public void SamplesFor_Always_IsAtLeastOneAndWithinTheLimitAndHalfAShare() =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Double[0, 100], Gen.Int[0, 2_000_000], Gen.Int[0, 200], Gen.Int[1, 5000])
            .Sample((samples, seconds, waiting, places, limit) =>
        {
            var sizing = new LeaseSizing(Target, limit);
            sizing.Observe("a", samples, TimeSpan.FromSeconds(seconds));
            int given = sizing.SamplesFor("a", waiting, places);
            Assert.InRange(given, 1, limit);
            Assert.True(given == 1 || given <= waiting / (2.0 * Math.Max(places, 1)));
        });

    [Fact]
    public void ExpectedFor_ReplicaNobodyMeasured_IsThatOfAMiddlingOne()
    {
        var sizing = new LeaseSizing(Target, 1000);
        Assert.Null(sizing.ExpectedFor("new", 10));
        sizing.Observe("slow", 1, TimeSpan.FromSeconds(1));
        sizing.Observe("middling", 10, TimeSpan.FromSeconds(1));
        sizing.Observe("quick", 100, TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(1), sizing.ExpectedFor("new", 10));
        Assert.Equal(TimeSpan.FromSeconds(10), sizing.ExpectedFor("slow", 10));
        Assert.Equal(TimeSpan.FromSeconds(0.1), sizing.ExpectedFor("quick", 10));
        // Of an even number, the quicker of the two in the middle.
        sizing.Observe("quickest", 1000, TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(0.1), sizing.ExpectedFor("new", 10));
    }
}
