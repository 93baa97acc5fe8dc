using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Dispatch;

namespace TinyGptV.Cluster.Tests.Dispatch;

public class ReplicaPausesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ReplicaPauses _pauses;

    public ReplicaPausesTests() => _pauses = new ReplicaPauses(
        new EvaluationClusterOptions { ShortestPause = TimeSpan.FromSeconds(1), LongestPause = TimeSpan.FromSeconds(5) }, _time);

    [Fact]
    public void MayWork_NeverFailed_IsTrue() => Assert.True(_pauses.MayWork("a"));

    [Fact]
    public void Failed_InARow_PausesTwiceAsLongUpToTheLongest()
    {
        foreach (int seconds in (int[])[1, 2, 4, 5, 5])
        {
            _pauses.Failed("a");
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.False(_pauses.MayWork("a"));
            _time.Advance(TimeSpan.FromTicks(1));
            Assert.True(_pauses.MayWork("a"));
        }
    }

    [Fact]
    public void Failed_TwoHundredTimes_StaysAtTheLongest()
    {
        for (int failure = 0; failure < 200; failure++)
            _pauses.Failed("a");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_pauses.MayWork("a"));
    }

    [Fact]
    public void Succeeded_AfterFailures_BeginsAnew()
    {
        _pauses.Failed("a");
        _pauses.Failed("a");
        _pauses.Succeeded("a");
        Assert.True(_pauses.MayWork("a"));
        _pauses.Failed("a");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_pauses.MayWork("a"));
    }

    [Fact]
    public void Failed_OneReplica_LeavesTheOthersAtWork()
    {
        _pauses.Failed("a");
        Assert.True(_pauses.MayWork("b"));
    }

    [Fact]
    public void Unusable_IsAskedAgainAfterTheShortestPauseHoweverOften()
    {
        foreach (int _ in Enumerable.Range(0, 5))
        {
            _pauses.Unusable("a");
            Assert.False(_pauses.MayWork("a"));
            _time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_pauses.MayWork("a"));
        }
    }

    [Fact]
    public void Count_IsOfThoseThatFailedAndArePaused()
    {
        _pauses.Failed("a");
        _pauses.Failed("b");
        _pauses.Failed("b");
        _pauses.Unusable("c");
        Assert.Equal(2, _pauses.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, _pauses.Count);
        _pauses.Succeeded("b");
        Assert.Equal(0, _pauses.Count);
    }
}
