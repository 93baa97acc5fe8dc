using System.Collections.Immutable;
using CsCheck;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class ShardLedgerTests
{
    private static readonly Gen<(int[] Sizes, int Limit, (int Action, int Pick)[] Steps)> AnyHistory =
        Gen.Select(Gen.Int[1, 9].Array[0, 12], Gen.Int[1, 6], Gen.Select(Gen.Int[0, 11], Gen.Int[0, 99]).Array[0, 120]);

    [Fact]
    public void Any_order_of_lease_hedge_deliver_and_return_loses_and_doubles_nothing() => AnyHistory.Sample(history =>
    {
        var play = new Play([.. history.Sizes], history.Limit);
        foreach ((int action, int pick) in history.Steps)
            play.Step(action, pick);
        play.Finish();
        Assert.True(play.Ledger.IsComplete);
        Assert.Equal(Enumerable.Range(0, history.Sizes.Length), play.Completed.Select(shard => shard.Value).Order());
    });

    [Fact]
    public void Sample_is_condemned_only_after_it_was_lost_alone()
    {
        var ledger = new ShardLedger([1], [], attemptsLimit: 1);
        ShardLease late = ledger.TryLease("a")!, hedge = ledger.TryHedge("b", _ => true)!;
        ledger.Return(late);
        ledger.Release(hedge);
        // It was never lost alone, so it gets one more attempt.
        Assert.Empty(ledger.Condemned);
        ledger.Return(ledger.TryLease("b")!);
        Assert.Equal([new ShardPart(new ShardIndex(0), 0, 1)], ledger.Condemned);
        ledger.CheckIntegrity();
    }

    [Fact]
    public void Part_that_is_kept_for_others_goes_back_to_its_replica_only_if_nobody_else_may_try_it()
    {
        var ledger = new ShardLedger([2, 2], []);
        ledger.Join("b");
        ShardLease lease = ledger.TryLease("a", samples: 4)!;
        ledger.Avoid(lease.Parts[0], "a");
        ledger.Release(lease);
        Assert.Equal([lease.Parts[1]], ledger.TryLease("a")!.Parts);
        Assert.Null(ledger.TryLease("a"));
        ShardLease other = ledger.TryLease("b")!;
        Assert.Equal([lease.Parts[0]], other.Parts);
        ledger.Avoid(lease.Parts[0], "b");
        ledger.Release(other);
        Assert.Equal([lease.Parts[0]], ledger.TryLease("a")!.Parts);
        Assert.Equal((0, 0), (ledger.LossesOf(lease.Parts[0]), ledger.Returned));
        ledger.CheckIntegrity();
    }

    [Fact]
    public void Samples_that_kill_replicas_are_the_only_ones_condemned_whatever_the_shards() =>
        Gen.Select(Gen.Int[1, 40].Array[1, 6], Gen.Int[1, 5], Gen.Int[1, 64], Gen.Int[0, 239].Array[0, 3], Gen.Int[1, 4])
            .Sample((sizes, limit, leaseSize, picks, replicas) =>
        {
            var all = sizes.SelectMany((size, shard) => Enumerable.Range(0, size).Select(sample => (shard, sample))).ToArray();
            var poison = picks.Select(pick => all[pick % all.Length]).ToHashSet();
            var ledger = new ShardLedger([.. sizes], [], limit);
            var condemned = new HashSet<(int, int)>();
            for (int turn = 0; !ledger.IsComplete; turn++)
            {
                Assert.True(turn < 10_000, "the ledger comes to no end");
                // One lease at a time, so that each loss is due to that lease.
                if (ledger.TryLease($"replica-{turn % replicas}", leaseSize) is { } lease)
                    Evaluate(ledger, lease, poison);
                condemned.UnionWith(ledger.Condemned.Select(part => (part.Shard.Value, part.First)));
                foreach (ShardPart part in ledger.Condemned)
                    Deliver(ledger, part);
                ledger.CheckIntegrity();
            }

            Assert.Equal(poison.Order(), condemned.Order());
        });

    [Fact]
    public void Bad_sample_alone_among_good_ones_costs_few_replicas() => Gen.Select(Gen.Int[1, 64], Gen.Int[0, 63]).Sample((size, pick) =>
    {
        var ledger = new ShardLedger([size, size], []);
        var poison = new HashSet<(int, int)> { (0, pick % size) };
        int losses = 0;
        while (!ledger.IsComplete)
        {
            if (ledger.TryLease("a", 1) is { } lease && !Evaluate(ledger, lease, poison))
                losses++;
            foreach (ShardPart part in ledger.Condemned)
                Deliver(ledger, part);
        }

        // Two together with others, one for each division, two alone.
        Assert.InRange(losses, 4, 5 + (int)Math.Ceiling(Math.Log2(size)));
    });

    [Fact]
    public void TryLease_FreshLedger_GivesShardsInOrder()
    {
        var ledger = new ShardLedger([2, 3, 1], []);
        Assert.Equal([0, 1, 2], Enumerable.Range(0, 3).Select(_ => Only(ledger.TryLease("a")).Shard.Value));
        Assert.Null(ledger.TryLease("a"));
    }

    [Fact]
    public void TryLease_ManySamples_GivesAsManyWholeShardsAsFit()
    {
        var ledger = new ShardLedger([2, 3, 9, 1, 1], []);
        Assert.Equal([0, 1], Shards(ledger.TryLease("a", 13)!));
        Assert.Equal([2], Shards(ledger.TryLease("a", 4)!));
        Assert.Equal([3, 4], Shards(ledger.TryLease("a", 50)!));
    }

    [Fact]
    public void TryLease_ShardsStoredBefore_SkipsThem()
    {
        var ledger = new ShardLedger([1, 1, 1, 1], [new ShardIndex(0), new ShardIndex(2)]);
        Assert.Equal((2, 2), (ledger.Completed, ledger.SamplesWaiting));
        Assert.Equal([1, 3], Shards(ledger.TryLease("a", 9)!));
    }

    [Fact]
    public void TryLease_AfterReturn_GivesTheReturnedShardsFirstAndOneByOne()
    {
        var ledger = new ShardLedger([4, 4, 4], []);
        ledger.Return(ledger.TryLease("a", 8)!);
        Assert.Equal([0], Shards(ledger.TryLease("b", 8)!));
        Assert.Equal([1], Shards(ledger.TryLease("b", 8)!));
        Assert.Equal([2], Shards(ledger.TryLease("b", 8)!));
        Assert.Equal(2, ledger.Returned);
    }

    [Fact]
    public void TryLease_AnotherReplicaIsThere_KeepsTheShardFromTheOneThatLostIt()
    {
        var ledger = new ShardLedger([1], []);
        ledger.Join("good");
        ledger.Return(ledger.TryLease("broken")!);
        Assert.Null(ledger.TryLease("broken"));
        Assert.NotNull(ledger.TryLease("good"));
    }

    [Fact]
    public void TryLease_NobodyElseIsThere_GivesTheShardToTheOneThatLostIt()
    {
        var ledger = new ShardLedger([1], []);
        ledger.Join("good");
        ledger.Return(ledger.TryLease("broken")!);
        ledger.ReturnAllOf("good");
        Assert.NotNull(ledger.TryLease("broken"));
    }

    [Fact]
    public void TryLease_ShardLostTwice_GoesAlone()
    {
        var ledger = new ShardLedger([1, 1, 1, 1], []);
        ledger.Return(ledger.TryLease("a")!);
        ledger.Return(ledger.TryLease("b")!);
        Assert.Equal([0], Shards(ledger.TryLease("c", 4)!));
        Assert.Null(ledger.TryLease("c"));
        Assert.Null(ledger.TryHedge("c", _ => true));
        Assert.Equal([1], Shards(ledger.TryLease("d")!));
    }

    [Fact]
    public void TryLease_ReplicaHasAnotherLease_LeavesTheSuspectToOthers()
    {
        var ledger = new ShardLedger([1, 1, 1, 1], []);
        var first = ledger.TryLease("a")!;
        Assert.Equal([1], Shards(ledger.TryLease("c")!));
        ledger.Return(first);
        ledger.Return(ledger.TryLease("b")!);
        Assert.Equal([2], Shards(ledger.TryLease("c")!));
        Assert.Equal([0], Shards(ledger.TryLease("d")!));
    }

    [Fact]
    public void Return_ShardLostAlone_IsDividedAndItsHalvesGoAlone()
    {
        var ledger = new ShardLedger([5, 1], []);
        for (int loss = 0; loss < 3; loss++)
            ledger.Return(ledger.TryLease("a")!);
        Assert.Equal((ShardState.Divided, 1, 3), (ledger.StateOf(new(0)), ledger.Divided, ledger.Returned));
        Assert.Equal(new ShardPart(new(0), 0, 3), Only(ledger.TryLease("a")));
        Assert.Null(ledger.TryLease("a"));
        Assert.Equal(new ShardPart(new(0), 3, 2), Only(ledger.TryLease("b")));
        Assert.Equal((true, 0), (ledger.Deliver(new(new(0), 0, 3)).IsFirst, ledger.Completed));
        Assert.Equal(ShardState.Divided, ledger.StateOf(new(0)));
        ledger.Deliver(new(new(0), 3, 2));
        Assert.Equal(ShardState.Delivered, ledger.StateOf(new(0)));
    }

    [Fact]
    public void Return_SingleSampleAtTheLimit_IsCondemned()
    {
        var ledger = new ShardLedger([1], [], attemptsLimit: 2);
        ledger.Return(ledger.TryLease("a")!);
        Assert.Empty(ledger.Condemned);
        ledger.Return(ledger.TryLease("a")!);
        Assert.Null(ledger.TryLease("a"));
        Assert.Equal([new ShardPart(new(0), 0, 1)], ledger.Condemned);
        Assert.True(ledger.IsExhausted);
        Assert.True(ledger.Deliver(ledger.Condemned[0]).IsFirst);
        Assert.True(ledger.Complete(new(0)));
        Assert.True(ledger.IsComplete);
    }

    [Fact]
    public void Return_LeaseThatIsOver_ChangesNothing()
    {
        var ledger = new ShardLedger([1], []);
        var over = ledger.TryLease("a")!;
        ledger.Return(over);
        var current = ledger.TryLease("a")!;
        Assert.Empty(ledger.Return(over));
        Assert.Equal([current], ledger.LeasesOf("a"));
        Assert.Equal(1, ledger.Returned);
    }

    [Fact]
    public void Return_PartOfTheLeaseIsDelivered_TakesBackTheRest()
    {
        var ledger = new ShardLedger([1, 1, 1], []);
        var lease = ledger.TryLease("a", 3)!;
        ledger.Deliver(lease.Parts[1]);
        Assert.Equal([lease.Parts[0], lease.Parts[2]], ledger.Return(lease));
        Assert.Equal(2, ledger.SamplesWaiting);
    }

    [Fact]
    public void Release_ReplicaThatIsNotToBlame_CountsNoLoss()
    {
        var ledger = new ShardLedger([1, 1], []);
        ledger.Join("b");
        Assert.Equal(2, ledger.Release(ledger.TryLease("a", 2)!).Length);
        Assert.Equal((0, 2), (ledger.Returned, ledger.SamplesWaiting));
        Assert.NotNull(ledger.TryLease("a"));
        Assert.NotNull(ledger.TryLease("a"));
    }

    [Fact]
    public void TryHedge_LateLease_RepeatsWhatIsLeftFromItsEndAndOnce()
    {
        var ledger = new ShardLedger([1, 1, 1], []);
        var late = ledger.TryLease("slow", 3)!;
        ledger.Deliver(late.Parts[0]);
        Assert.Null(ledger.TryHedge("quick", _ => false));
        Assert.Null(ledger.TryHedge("slow", _ => true));
        var hedge = ledger.TryHedge("quick", lease => lease == late)!;
        Assert.Equal((true, 1), (hedge.IsHedge, ledger.Hedged));
        Assert.Equal([late.Parts[2], late.Parts[1]], hedge.Parts);
        Assert.Null(ledger.TryHedge("third", _ => true));
    }

    [Fact]
    public void Deliver_FirstOfTwo_EndsBothLeasesAndTheSecondCountsNothing()
    {
        var ledger = new ShardLedger([1], []);
        var late = ledger.TryLease("slow")!;
        var hedge = ledger.TryHedge("quick", _ => true)!;
        var (isFirst, ended) = ledger.Deliver(hedge.Parts[0]);
        Assert.True(isFirst);
        Assert.Equal([late, hedge], ended);
        Assert.False(ledger.Deliver(late.Parts[0]).IsFirst);
        Assert.False(ledger.IsOpen(late));
        Assert.Empty(ledger.Return(late));
        Assert.Equal(0, ledger.Returned);
    }

    [Fact]
    public void Return_HedgeIsStillThere_WaitsForIt()
    {
        var ledger = new ShardLedger([1], []);
        var late = ledger.TryLease("slow")!;
        var hedge = ledger.TryHedge("quick", _ => true)!;
        ledger.Return(late);
        Assert.Null(ledger.TryLease("third"));
        ledger.Return(hedge);
        Assert.Equal(2, ledger.LossesOf(hedge.Parts[0]));
        Assert.NotNull(ledger.TryLease("third"));
    }

    [Fact]
    public void Complete_Twice_IsTrueOnce()
    {
        var ledger = new ShardLedger([1, 1], []);
        var lease = ledger.TryLease("a")!;
        Assert.True(ledger.Complete(new(0)));
        Assert.False(ledger.Complete(new(0)));
        Assert.Empty(ledger.Return(lease));
        Assert.False(ledger.IsComplete);
    }

    [Fact]
    public void ReturnAllOf_LostReplica_FreesItsShardsOnly()
    {
        var ledger = new ShardLedger([1, 1, 1], []);
        var lost = new[] { ledger.TryLease("a")!, ledger.TryLease("a")! };
        var kept = ledger.TryLease("b")!;
        Assert.Equal(lost, ledger.ReturnAllOf("a"));
        Assert.Empty(ledger.LeasesOf("a"));
        Assert.Equal([kept], ledger.LeasesOf("b"));
        Assert.Equal(2, ledger.Returned);
    }

    [Fact]
    public void StateOf_ShardThatIsLeasedAndReturned_WaitsAgain()
    {
        var ledger = new ShardLedger([1, 1], []);
        var lease = ledger.TryLease("a")!;
        Assert.Equal((ShardState.Leased, ShardState.Waiting), (ledger.StateOf(new(0)), ledger.StateOf(new(1))));
        ledger.Return(lease);
        Assert.Equal(ShardState.Waiting, ledger.StateOf(new(0)));
    }

    [Fact]
    public void IsAwaited_PartThatIsDeliveredOrCameBack_IsFalse()
    {
        var ledger = new ShardLedger([2, 3], []);
        var lease = ledger.TryLease("a", 5)!;
        Assert.Equal((5, 1), (lease.Samples, ledger.Leases));
        Assert.True(ledger.IsAwaited(lease, lease.Parts[0]));
        ledger.Deliver(lease.Parts[0]);
        Assert.Equal((false, true), (ledger.IsAwaited(lease, lease.Parts[0]), ledger.IsAwaited(lease, lease.Parts[1])));
        ledger.Return(lease);
        Assert.Equal((false, 0), (ledger.IsAwaited(lease, lease.Parts[1]), ledger.Leases));
    }

    [Fact]
    public void IsExhausted_SomethingWaitsOrIsLeased_IsFalse()
    {
        var ledger = new ShardLedger([1], []);
        Assert.False(ledger.IsExhausted);
        var lease = ledger.TryLease("a")!;
        Assert.False(ledger.IsExhausted);
        ledger.Deliver(lease.Parts[0]);
        Assert.True(ledger.IsExhausted);
        Assert.False(ledger.IsComplete);
    }

    [Fact]
    public void Condemned_SamplesOfSeveralShards_AreInAscendingOrder()
    {
        var ledger = new ShardLedger([2, 2], [], attemptsLimit: 1);
        for (int turn = 0; !ledger.IsExhausted; turn++)
            ledger.Return(ledger.TryLease($"replica-{turn}")!);
        Assert.Equal([(0, 0), (0, 1), (1, 0), (1, 1)], ledger.Condemned.Select(part => (part.Shard.Value, part.First)));
    }

    [Fact]
    public void Release_Parts_AreTheNextToBeGiven()
    {
        var ledger = new ShardLedger([1, 1, 1], []);
        ShardLease lost = ledger.TryLease("a")!, drained = ledger.TryLease("b")!;
        ledger.Return(lost);
        ledger.Release(drained);
        Assert.Equal([1], Shards(ledger.TryLease("c")!));
        Assert.Equal([0], Shards(ledger.TryLease("c")!));
    }

    [Fact]
    public void TryHedge_SeveralLateLeases_RepeatsTheOldest()
    {
        var ledger = new ShardLedger([1, 1], []);
        ShardLease oldest = ledger.TryLease("a")!;
        Assert.NotNull(ledger.TryLease("b"));
        Assert.Equal(oldest.Parts, ledger.TryHedge("c", _ => true)!.Parts);
    }

    [Fact]
    public void TryHedge_LeaseOfWhichAPartIsHedged_GivesNothingTwiceOver()
    {
        var ledger = new ShardLedger([1, 1], []);
        var late = ledger.TryLease("a", 2)!;
        var hedge = ledger.TryHedge("b", _ => true)!;
        ledger.Deliver(late.Parts[0]);
        Assert.Equal(2, hedge.Samples);
        Assert.Null(ledger.TryHedge("c", _ => true));
    }

    [Fact]
    public void TryLease_Replica_JoinsByIt()
    {
        var ledger = new ShardLedger([1, 1], []);
        var other = ledger.TryLease("other")!;
        ledger.Return(ledger.TryLease("broken")!);
        Assert.Null(ledger.TryLease("broken"));
        Assert.True(ledger.IsOpen(other));
    }

    [Fact]
    public void Ledger_CountsBelowOne_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardLedger([1, 0], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardLedger([1], [], attemptsLimit: 0));
    }

    [Fact]
    public void Complete_DividedShard_TakesWhatIsLeftOfItAndNothingElse()
    {
        var ledger = new ShardLedger([4, 4], [], attemptsLimit: 1);
        ledger.Return(ledger.TryLease("a")!);
        Assert.Equal(ShardState.Divided, ledger.StateOf(new(0)));
        var half = ledger.TryLease("b")!;
        Assert.True(ledger.Complete(new(0)));
        Assert.False(ledger.IsOpen(half));
        Assert.Equal(4, ledger.SamplesWaiting);
        ledger.CheckIntegrity();
        Assert.Equal([1], Shards(ledger.TryLease("c")!));
    }

    [Fact]
    public void Complete_OneOfTwoDividedShards_LeavesThePartsOfTheOther()
    {
        var ledger = new ShardLedger([2, 2], [], attemptsLimit: 1);
        ShardLease first = ledger.TryLease("a")!, second = ledger.TryLease("b")!;
        ledger.Return(first);
        ledger.Return(second);
        Assert.Equal((2, 4), (ledger.Divided, ledger.SamplesWaiting));
        Assert.True(ledger.Complete(new(0)));
        Assert.Equal(2, ledger.SamplesWaiting);
        ledger.CheckIntegrity();
    }

    [Fact]
    public void TryLease_ShardThatDoesNotFit_WaitsForTheNextLease()
    {
        var ledger = new ShardLedger([2, 3], []);
        Assert.Equal([0], Shards(ledger.TryLease("a", 4)!));
    }

    [Fact]
    public void TryLease_ShardLostOnceOfThree_MayGoInCompany()
    {
        var ledger = new ShardLedger([1, 1, 1], [], attemptsLimit: 3);
        var lost = ledger.TryLease("a")!;
        Assert.NotNull(ledger.TryLease("b"));
        ledger.Return(lost);
        Assert.Equal([0], Shards(ledger.TryLease("b")!));
    }

    [Fact]
    public void Return_HalfOfADividedShard_HasTwoAttemptsAlone()
    {
        var ledger = new ShardLedger([2], []);
        for (int loss = 0; loss < 3; loss++)
            ledger.Return(ledger.TryLease("a")!);
        ShardLease half = ledger.TryLease("a")!;
        Assert.Equal(ShardLedger.AttemptsInCompany, ledger.LossesOf(half.Parts[0]));
        ledger.Return(half);
        Assert.Empty(ledger.Condemned);
        // The other half waits before it.
        ShardLease other = ledger.TryLease("a")!;
        ledger.Deliver(other.Parts[0]);
        Assert.Equal(half.Parts, ledger.TryLease("a")!.Parts);
        ledger.ReturnAllOf("a");
        Assert.Equal(half.Parts, ledger.Condemned);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 2)]
    public void Return_DividedShard_LeavesItsHalvesOneAttemptAtLeast(int attempts, int losses)
    {
        var ledger = new ShardLedger([2], [], attempts);
        while (ledger.Divided == 0)
            ledger.Return(ledger.TryLease("a")!);
        Assert.Equal(losses, ledger.LossesOf(new ShardPart(new(0), 0, 1)));
    }

    [Fact]
    public void TryLease_NamesThatDifferInCapitals_AreTwoReplicas()
    {
        var ledger = new ShardLedger([1], []);
        ledger.Join("A");
        ledger.Return(ledger.TryLease("a")!);
        Assert.Null(ledger.TryLease("a"));
        Assert.NotNull(ledger.TryLease("A"));
    }

    [Fact]
    public void Deliver_SecondTime_EndsNothing()
    {
        var ledger = new ShardLedger([1], []);
        var lease = ledger.TryLease("a")!;
        Assert.Equal([lease], ledger.Deliver(lease.Parts[0]).Ended);
        Assert.Empty(ledger.Deliver(lease.Parts[0]).Ended);
    }

    [Fact]
    public void ToString_OfAPart_NamesShardAndSamples() => Assert.Equal("7[3..8)", new ShardPart(new(7), 3, 5).ToString());

    [Fact]
    public void Complete_ShardOfAnotherRun_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ShardLedger([1, 1], [new ShardIndex(2)]));

    private static ShardPart Only(ShardLease? lease) => Assert.Single(lease!.Parts);

    private static IEnumerable<int> Shards(ShardLease lease) => lease.Parts.Select(part => part.Shard.Value);

    /// <returns>False if the replica was lost.</returns>
    private static bool Evaluate(ShardLedger ledger, ShardLease lease, HashSet<(int Shard, int Sample)> poison)
    {
        foreach (ShardPart part in lease.Parts)
        {
            if (Enumerable.Range(part.First, part.Count).Any(sample => poison.Contains((part.Shard.Value, sample))))
            {
                ledger.Return(lease);
                return false;
            }

            Deliver(ledger, part);
        }

        return true;
    }

    private static void Deliver(ShardLedger ledger, ShardPart part)
    {
        ledger.Deliver(part);
        if (ledger.StateOf(part.Shard) == ShardState.Delivered)
            ledger.Complete(part.Shard);
    }

    /// <summary>Plays random moves, including late and repeated ones, against a ledger and a simple model of the deliveries.</summary>
    private sealed class Play(ImmutableArray<int> sizes, int limit)
    {
        private readonly List<ShardLease> _leases = [];
        private readonly HashSet<(int Shard, int Sample)> _delivered = [];

        public ShardLedger Ledger { get; } = new(sizes, [], limit);

        public List<ShardIndex> Completed { get; } = [];

        public void Step(int action, int pick)
        {
            string replica = $"replica-{pick % 3}";
            switch (action)
            {
                case < 4:
                    Lease(Ledger.TryLease(replica, 1 + pick));
                    break;
                case 4:
                    Lease(Ledger.TryHedge(replica, lease => lease.Number % 2 == pick % 2));
                    break;
                case 5:
                    Ledger.ReturnAllOf(replica);
                    break;
                case < 9 when _leases.Count > 0:
                    Deliver(_leases[pick % _leases.Count].Parts[pick % _leases[pick % _leases.Count].Parts.Length]);
                    break;
                case 9 when _leases.Count > 0:
                    Ledger.Release(_leases[pick % _leases.Count]);
                    break;
                case 10 when !Ledger.Condemned.IsEmpty:
                    Deliver(Ledger.Condemned[0]);
                    break;
                default:
                    if (_leases.Count > 0)
                        Ledger.Return(_leases[pick % _leases.Count]);
                    break;
            }

            Ledger.CheckIntegrity();
        }

        public void Finish()
        {
            // Unknown replicas have lost nothing, so they can get any waiting part.
            for (int newcomer = 0; !Ledger.IsComplete; newcomer++)
            {
                foreach (ShardPart part in _leases.SelectMany(lease => lease.Parts).Concat(Ledger.Condemned).ToArray())
                    Deliver(part);
                if (Ledger.TryLease($"newcomer-{newcomer}", 5) is { } lease)
                    _leases.Add(lease);
            }

            Ledger.CheckIntegrity();
        }

        private void Lease(ShardLease? lease)
        {
            if (lease is null)
                return;
            // A suspect is leased alone.
            bool suspect = lease.Parts.Any(part => Ledger.LossesOf(part) >= ShardLedger.AttemptsInCompany || Ledger.StateOf(part.Shard) == ShardState.Divided);
            Assert.True(!suspect || Ledger.LeasesOf(lease.Replica).Length == 1);
            _leases.Add(lease);
        }

        private void Deliver(ShardPart part)
        {
            if (!Ledger.Deliver(part).IsFirst)
                return;
            foreach (int sample in Enumerable.Range(part.First, part.Count))
                Assert.True(_delivered.Add((part.Shard.Value, sample)), $"sample {sample} of {part} was taken twice");
            if (Ledger.StateOf(part.Shard) == ShardState.Delivered && Ledger.Complete(part.Shard))
                Completed.Add(part.Shard);
        }
    }
}
