using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class StorageChecksTests
{
    private readonly StorageChecks _checks = new();

    [Fact]
    public void WhyNone_OnlyReplicaFailsAndFails_NamesTheReason()
    {
        Fail("a", StorageChecks.ChecksLimit - 1);
        Assert.Null(_checks.WhyNone(["a"]));
        Fail("a", 1);
        Assert.StartsWith("No replica can read what the run needs. a lacks it. No sample was recorded", _checks.WhyNone(["a"]), StringComparison.Ordinal);
    }

    [Fact]
    public void WhyNone_AnotherReplicaCanReadOrHasNotBeenAsked_IsNull()
    {
        Fail("a", 20);
        Assert.Null(_checks.WhyNone(["a", "new"]));
        _checks.Passed("new");
        Assert.Null(_checks.WhyNone(["a", "new"]));
        Assert.NotNull(_checks.WhyNone(["a"]));
    }

    [Fact]
    public void WhyNone_ReplicaWithAnotherModel_CannotHelp()
    {
        Fail("a", 20);
        _checks.HasOtherModel("b");
        Assert.NotNull(_checks.WhyNone(["a", "b"]));
        Assert.Null(_checks.WhyNone(["b"]));
    }

    [Fact]
    public void Passed_BeginsTheCountAnew()
    {
        Fail("a", StorageChecks.ChecksLimit - 1);
        _checks.Passed("a");
        Fail("a", StorageChecks.ChecksLimit - 1);
        Assert.Null(_checks.WhyNone(["a"]));
    }

    [Fact]
    public void WhyNone_ManyReplicas_NamesThreeReasonsAndCountsTheRest()
    {
        string[] replicas = ["a", "b", "c", "d", "e"];
        foreach (string replica in replicas)
            Fail(replica, StorageChecks.ChecksLimit);
        Assert.Contains("a lacks it. b lacks it. c lacks it. (and 2 more) No sample", _checks.WhyNone(replicas), StringComparison.Ordinal);
    }

    private void Fail(string replica, int times)
    {
        for (int time = 0; time < times; time++)
            _checks.Failed(replica, $"{replica} lacks it.");
    }
}
