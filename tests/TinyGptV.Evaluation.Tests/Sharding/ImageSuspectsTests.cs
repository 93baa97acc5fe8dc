using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class ImageSuspectsTests
{
    private static readonly BenchmarkName Gqa = new("gqa");
    private static readonly ImageReference Image = new("1.jpg");
    private static readonly ShardIndex Shard = new(3);

    private readonly ImageSuspects _suspects = new();

    [Fact]
    public void AtFault_AccusedButNotCheckedAgain_IsNot()
    {
        Accuse("a");
        Accuse("b");
        Assert.Empty(AtFault("a", "b"));
        Assert.Equal([(Gqa, Image)], _suspects.AccusedBy("a"));
    }

    [Fact]
    public void AtFault_OnlySiloFailsAgainWhileOthersCanBeRead_Is()
    {
        Accuse("a");
        Prove("a");
        Assert.Equal([(Gqa, Image, true)], AtFault("a"));
        Assert.Empty(_suspects.AccusedBy("a"));
        Assert.Empty(_suspects.AtFault(new ShardIndex(2), new HashSet<string> { "a" }));
    }

    [Fact]
    public void AtFault_AnotherSiloHasNotTried_IsNotUntilItSaysSoOrLeaves()
    {
        Accuse("a");
        Prove("a");
        Assert.Empty(AtFault("a", "b"));
        Assert.NotEmpty(AtFault("a"));
        Accuse("b");
        Assert.Empty(AtFault("a", "b"));
        Prove("b");
        Assert.NotEmpty(AtFault("a", "b", "c"));
    }

    [Fact]
    public void Withdraw_ImageCanBeReadNow_IsForgotten()
    {
        Accuse("a");
        _suspects.Withdraw("a", Gqa, Image);
        Prove("a");
        Assert.Empty(_suspects.AccusedBy("a"));
        Assert.Empty(AtFault("a"));
    }

    [Fact]
    public void Prove_FileIsThereButUnreadable_IsSaid()
    {
        Accuse("a");
        _suspects.Prove("a", Gqa, Image, isAbsent: false);
        Assert.Equal([(Gqa, Image, false)], AtFault("a"));
    }

    private void Accuse(string silo) => _suspects.Accuse(silo, Shard, Gqa, Image);

    private void Prove(string silo) => _suspects.Prove(silo, Gqa, Image, isAbsent: true);

    private (BenchmarkName, ImageReference, bool)[] AtFault(params string[] silos) => [.. _suspects.AtFault(Shard, silos.ToHashSet())];
}
