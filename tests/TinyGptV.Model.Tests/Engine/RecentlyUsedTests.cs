using TinyGptV.Model.Engine.Caches;

namespace TinyGptV.Model.Tests.Engine;

public sealed class RecentlyUsedTests
{
    [Fact]
    public void Add_BeyondCapacity_ReleasesWhatWasNotUsedForTheLongestTime()
    {
        var released = new List<int>();
        var cache = new RecentlyUsed<int>(2, released.Add);
        cache.Add("a", 1);
        cache.Add("b", 2);
        Assert.True(cache.TryGet("a", out int a));
        cache.Add("c", 3);

        Assert.Equal(1, a);
        Assert.Equal([2], released);
        Assert.False(cache.TryGet("b", out _));
        Assert.Equal(2, cache.Count);
    }

    [Fact]
    public void Clear_ReleasesEverythingOnce()
    {
        var released = new List<int>();
        var cache = new RecentlyUsed<int>(5, released.Add);
        cache.Add("a", 1);
        cache.Add("b", 2);
        cache.Clear();
        cache.Clear();

        Assert.Equal([1, 2], released.Order());
        Assert.Equal(0, cache.Count);
    }
}
