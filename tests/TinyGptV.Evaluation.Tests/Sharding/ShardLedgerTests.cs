using CsCheck;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class ShardLedgerTests
{
    private static readonly Gen<(int Shards, int Limit, (int Action, int Pick)[] Steps)> AnyHistory =
        Gen.Select(Gen.Int[0, 12], Gen.Int[1, 6], Gen.Select(Gen.Int[0, 9], Gen.Int[0, 99]).Array[0, 120]);

    [Fact]
    public void Any_order_of_lease_complete_and_return_loses_and_doubles_nothing() => AnyHistory.Sample(history =>
    {
        var ledger = new ShardLedger(history.Shards, [], history.Limit);
        var leases = new List<ShardLease>();
        var completed = new List<ShardIndex>();
        foreach ((int action, int pick) in history.Steps)
        {
            Step(ledger, leases, completed, action, pick);
            ledger.CheckIntegrity();
        }

        Finish(ledger, leases, completed);
        Assert.True(ledger.IsComplete);
        Assert.Equal(Enumerable.Range(0, history.Shards), completed.Select(shard => shard.Value).Order());
    });

    [Fact]
    public void Any_order_of_returns_leases_no_shard_more_often_than_the_limit() => AnyHistory.Sample(history =>
    {
        var ledger = new ShardLedger(history.Shards, [], history.Limit);
        var leased = new Dictionary<ShardIndex, int>();
        int replica = 0;
        while (ledger.TryLease($"replica-{replica++ % 3}") is { } lease)
        {
            Assert.Equal(leased[lease.Shard] = leased.GetValueOrDefault(lease.Shard) + 1, lease.Attempt);
            ledger.Return(lease);
        }

        // With nobody else left, the last replica must take what the others lost.
        Assert.All(leased, entry => Assert.InRange(entry.Value, 1, history.Limit));
    });

    [Fact]
    public void TryLease_FreshLedger_GivesShardsInOrder()
    {
        var ledger = new ShardLedger(3, []);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => ledger.TryLease("a")!.Shard.Value));
        Assert.Null(ledger.TryLease("a"));
    }

    [Fact]
    public void TryLease_ShardsStoredBefore_SkipsThem()
    {
        var ledger = new ShardLedger(4, [new ShardIndex(0), new ShardIndex(2)]);
        Assert.Equal(2, ledger.Completed);
        Assert.Equal([1, 3], new[] { ledger.TryLease("a")!.Shard.Value, ledger.TryLease("a")!.Shard.Value });
    }

    [Fact]
    public void TryLease_AfterReturn_PrefersTheReturnedShard()
    {
        var ledger = new ShardLedger(3, []);
        ledger.Return(ledger.TryLease("a")!);
        Assert.Equal(new ShardLease(new ShardIndex(0), "b", 2), ledger.TryLease("b"));
    }

    [Fact]
    public void TryLease_AnotherReplicaIsThere_KeepsTheShardFromTheOneThatLostIt()
    {
        var ledger = new ShardLedger(1, []);
        ledger.Join("good");
        ledger.Return(ledger.TryLease("broken")!);
        Assert.Null(ledger.TryLease("broken"));
        Assert.NotNull(ledger.TryLease("good"));
    }

    [Fact]
    public void TryLease_NobodyElseIsThere_GivesTheShardToTheOneThatLostIt()
    {
        var ledger = new ShardLedger(1, []);
        ledger.Join("good");
        ledger.Return(ledger.TryLease("broken")!);
        ledger.ReturnAllOf("good");
        Assert.NotNull(ledger.TryLease("broken"));
    }

    [Fact]
    public void TryLease_ShardLostTwice_GoesAlone()
    {
        var ledger = new ShardLedger(4, []);
        ledger.Return(ledger.TryLease("a")!);
        ledger.Return(ledger.TryLease("b")!);
        Assert.Equal(0, ledger.TryLease("c")!.Shard.Value);
        Assert.Null(ledger.TryLease("c"));
        Assert.Equal(1, ledger.TryLease("d")!.Shard.Value);
    }

    [Fact]
    public void TryLease_ReplicaHasAnotherShard_LeavesTheSuspectToOthers()
    {
        var ledger = new ShardLedger(4, []);
        var first = ledger.TryLease("a")!;
        Assert.Equal(1, ledger.TryLease("c")!.Shard.Value);
        ledger.Return(first);
        ledger.Return(ledger.TryLease("b")!);
        Assert.Equal(2, ledger.TryLease("c")!.Shard.Value);
        Assert.Equal(0, ledger.TryLease("d")!.Shard.Value);
    }

    [Fact]
    public void Return_AtTheLimit_GivesTheShardUp()
    {
        var ledger = new ShardLedger(1, [], attemptsLimit: 2);
        Assert.Equal(ShardState.Waiting, ledger.Return(ledger.TryLease("a")!));
        Assert.Equal(ShardState.GivenUp, ledger.Return(ledger.TryLease("a")!));
        Assert.Null(ledger.TryLease("a"));
        Assert.Equal([new ShardIndex(0)], ledger.GivenUp);
        Assert.True(ledger.Complete(new ShardIndex(0)));
        Assert.True(ledger.IsComplete);
    }

    [Fact]
    public void Return_LeaseThatIsOver_ChangesNothing()
    {
        var ledger = new ShardLedger(1, []);
        var over = ledger.TryLease("a")!;
        ledger.Return(over);
        var current = ledger.TryLease("a")!;
        Assert.Equal(ShardState.Leased, ledger.Return(over));
        Assert.Equal([current], ledger.LeasesOf("a"));
        Assert.Equal(1, ledger.Returned);
    }

    [Fact]
    public void Complete_Twice_IsTrueOnce()
    {
        var ledger = new ShardLedger(2, []);
        var lease = ledger.TryLease("a")!;
        Assert.True(ledger.Complete(lease.Shard));
        Assert.False(ledger.Complete(lease.Shard));
        Assert.Equal(ShardState.Completed, ledger.Return(lease));
        Assert.False(ledger.IsComplete);
    }

    [Fact]
    public void ReturnAllOf_LostReplica_FreesItsShardsOnly()
    {
        var ledger = new ShardLedger(3, []);
        var lost = new[] { ledger.TryLease("a")!, ledger.TryLease("a")! };
        var kept = ledger.TryLease("b")!;
        Assert.Equal(lost, ledger.ReturnAllOf("a"));
        Assert.Empty(ledger.LeasesOf("a"));
        Assert.Equal([kept], ledger.LeasesOf("b"));
        Assert.Equal(2, ledger.Returned);
    }

    [Fact]
    public void Complete_ShardOfAnotherRun_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardLedger(2, [new ShardIndex(2)]));

    private static void Step(ShardLedger ledger, List<ShardLease> leases, List<ShardIndex> completed, int action, int pick)
    {
        string replica = $"replica-{pick % 3}";
        if (action < 4 && ledger.TryLease(replica) is { } lease)
            leases.Add(lease);
        else if (action == 4)
            ledger.ReturnAllOf(replica);
        else if (action < 7 && leases.Count > 0)
            Complete(ledger, leases[pick % leases.Count].Shard, completed);
        else if (leases.Count > 0)
            ledger.Return(leases[pick % leases.Count]);
    }

    private static void Finish(ShardLedger ledger, List<ShardLease> leases, List<ShardIndex> completed)
    {
        foreach (ShardLease lease in leases)
            Complete(ledger, lease.Shard, completed);
        // A replica nobody knows lost nothing: whatever waits, it gets.
        while (ledger.TryLease("newcomer") is { } lease)
            Complete(ledger, lease.Shard, completed);
        foreach (ShardIndex shard in ledger.GivenUp)
            Complete(ledger, shard, completed);
    }

    private static void Complete(ShardLedger ledger, ShardIndex shard, List<ShardIndex> completed)
    {
        if (ledger.Complete(shard))
            completed.Add(shard);
    }
}
