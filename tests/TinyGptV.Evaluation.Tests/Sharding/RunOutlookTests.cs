using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class RunOutlookTests
{
    private readonly RunOutlook _outlook = new();

    [Fact]
    public void IsHopeless_OnlyReplicaFailsAndFails_IsTrue()
    {
        _outlook.Joined("a");
        Fail("a", RunOutlook.HopelessFailures - 1);
        Assert.False(_outlook.IsHopeless);
        Fail("a", 1);
        Assert.True(_outlook.IsHopeless);
        Assert.Equal("no device", _outlook.Reason);
    }

    [Fact]
    public void IsHopeless_AnotherReplicaHasNotFailed_IsFalseUntilItDoesOrLeaves()
    {
        _outlook.Joined("a");
        _outlook.Joined("b");
        Fail("a", 50);
        Assert.False(_outlook.IsHopeless);
        _outlook.Left("b");
        Assert.True(_outlook.IsHopeless);
    }

    [Fact]
    public void IsHopeless_ProcessesVanish_IsFalse()
    {
        _outlook.Joined("a");
        for (int loss = 0; loss < 50; loss++)
            _outlook.Lost("a", "gone", isReported: false);
        Assert.False(_outlook.IsHopeless);
        Assert.Equal((50, 0, null), (_outlook.Losses, _outlook.Failures, _outlook.Reason));
    }

    [Fact]
    public void Succeeded_BeginsTheCountAnew()
    {
        _outlook.Joined("a");
        Fail("a", RunOutlook.HopelessFailures - 1);
        _outlook.Succeeded();
        Fail("a", RunOutlook.HopelessFailures - 1);
        Assert.False(_outlook.IsHopeless);
        Assert.True(_outlook.HasSucceeded);
    }

    [Fact]
    public void Succeeded_ForgetsWhoFailedBefore()
    {
        _outlook.Joined("a");
        _outlook.Joined("b");
        Fail("a", 1);
        _outlook.Succeeded();
        Fail("b", RunOutlook.HopelessFailures);
        // Replica a has not failed since something went well.
        Assert.False(_outlook.IsHopeless);
        Fail("a", 1);
        Assert.True(_outlook.IsHopeless);
    }

    [Fact]
    public void IsHopeless_NamesThatDifferInCapitals_AreTwoReplicas()
    {
        _outlook.Joined("a");
        _outlook.Joined("A");
        Fail("a", RunOutlook.HopelessFailures);
        Assert.False(_outlook.IsHopeless);
    }

    private void Fail(string replica, int times)
    {
        for (int time = 0; time < times; time++)
            _outlook.Lost(replica, "no device", isReported: true);
    }
}
