using System.Text;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class RunOwnershipTests
{
    private static readonly RunOwner Other = new() { Instance = "other", Place = "process 1 on host 'a'", Machine = "m", Process = 1, Started = 2, Silo = "s" };
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(45);

    private readonly OwnershipWatch _watch = new("self", Lifetime);

    [Fact]
    public void MayTake_run_without_owner_given_up_own_or_of_a_dead_owner_at_once()
    {
        RunOwnership theirs = RunOwnership.TakenBy(Other, null, Now);
        Assert.True(_watch.MayTake(null, null, false, TimeSpan.Zero));
        Assert.True(_watch.MayTake(theirs.Release(Now), "1", false, TimeSpan.Zero));
        Assert.True(_watch.MayTake(theirs with { Owner = Other with { Instance = "self" } }, "1", false, TimeSpan.Zero));
        Assert.True(_watch.MayTake(theirs, "1", isGone: true, TimeSpan.Zero));
        Assert.False(_watch.MayTake(theirs, "1", false, TimeSpan.Zero));
    }

    [Fact]
    public void MayTake_owner_that_does_not_renew_only_after_its_whole_lifetime()
    {
        RunOwnership theirs = RunOwnership.TakenBy(Other, null, Now);
        Assert.False(_watch.MayTake(theirs, "1", false, TimeSpan.FromSeconds(100)));
        Assert.False(_watch.MayTake(theirs, "1", false, TimeSpan.FromSeconds(145) - TimeSpan.FromTicks(1)));
        Assert.True(_watch.MayTake(theirs, "1", false, TimeSpan.FromSeconds(145)));
    }

    [Fact]
    public void MayTake_every_renewal_starts_the_lifetime_again()
    {
        RunOwnership theirs = RunOwnership.TakenBy(Other, null, Now);
        for (int look = 0; look < 10; look++)
        {
            Assert.False(_watch.MayTake(theirs, $"{look}", false, look * Lifetime));
            theirs = theirs.Renew(Now);
        }

        Assert.False(_watch.MayTake(theirs, "9", false, (10 * Lifetime) - TimeSpan.FromTicks(1)));
        Assert.True(_watch.MayTake(theirs, "9", false, 10 * Lifetime));
    }

    [Fact]
    public void TakenBy_counts_generations_and_Renew_counts_within_one()
    {
        RunOwnership first = RunOwnership.TakenBy(Other, null, Now).Renew(Now).Renew(Now);
        RunOwnership second = RunOwnership.TakenBy(Other with { Instance = "next" }, first, Now);
        Assert.Equal((1, 2), (first.Generation, first.Renewals));
        Assert.Equal((2, 0, "next", false), (second.Generation, second.Renewals, second.Owner.Instance, second.Released));
    }

    [Theory]
    [InlineData(true, 100_000, true)] // alive here, whatever its clock says
    [InlineData(false, 0, false)]
    [InlineData(null, 119, true)]
    [InlineData(null, 120, false)]
    public void IsHeld_asks_this_machine_first_and_else_looks_at_the_time(bool? isAlive, int secondsAgo, bool expected)
    {
        RunOwnership theirs = RunOwnership.TakenBy(Other, null, Now);
        var processes = new Processes(isAlive);
        Assert.Equal(expected, theirs.IsHeld(processes, Now.AddSeconds(secondsAgo)));
        Assert.False(theirs.Release(Now).IsHeld(processes, Now));
    }

    [Fact]
    public async Task ReadAsync_reads_what_was_written()
    {
        var store = new StoreOfOneRun(Manifest);
        Assert.Null(await RunOwnership.ReadAsync(store, Manifest.Run, TestContext.Current.CancellationToken));
        RunOwnership written = RunOwnership.TakenBy(Other, null, Now).Renew(Now);
        store.Put(RunOwnership.File, Encoding.UTF8.GetString(written.ToFile()));

        Assert.Equal(written, (await RunOwnership.ReadAsync(store, Manifest.Run, TestContext.Current.CancellationToken))!.Value.Ownership);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task ReadAsync_malformed_is_refused_with_advice(string content)
    {
        var store = new StoreOfOneRun(Manifest);
        store.Put(RunOwnership.File, content);

        var refusal = await Assert.ThrowsAsync<PrerequisiteException>(
            async () => await RunOwnership.ReadAsync(store, Manifest.Run, TestContext.Current.CancellationToken));

        Assert.StartsWith("'owner.json' of run 'a-run' is malformed: ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoredProgress_of_an_incomplete_run_with_an_owner_is_running_and_names_it()
    {
        RunManifest manifest = SampleRuns.Manifest(SampleRuns.Benchmark("gqa", 1, 1));
        RunProgress progress = await StoredProgress.ReadAsync(
            new StoreOfOneRun(manifest).Open(), manifest.Run, Other.Place, TestContext.Current.CancellationToken);

        Assert.Equal((RunPhase.Running, Other.Place), (progress.Phase, progress.WorkedOnBy));
        Assert.Equal("The process 1 on host 'a' works on this run.", progress.Problem);
    }

    private static RunManifest Manifest { get; } = new()
    {
        Run = new RunId("a-run"),
        ProgramVersion = "0.0.0",
        Model = new ModelIdentity { Name = "scripted", Digest = "00" },
        Benchmarks = [],
        ShardSize = 8,
    };

    private sealed class Processes(bool? isAlive) : IProcessWatch
    {
        public RunOwner Describe(string instance, string? silo) => Other;

        public bool? IsAlive(RunOwner owner) => isAlive;
    }
}
