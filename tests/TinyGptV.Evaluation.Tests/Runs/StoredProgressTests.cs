using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class StoredProgressTests
{
    private static readonly BenchmarkName Gqa = new("gqa");
    private static readonly Benchmark ThreeSamples = SampleRuns.Benchmark("gqa", 1, 1, 2);
    private static readonly SampleFailure Gone = new(SampleFailureKind.ImageUnavailable, "gone");

    private readonly StoreOfOneRun _store = new StoreOfOneRun(SampleRuns.Manifest(ThreeSamples)).Open();

    [Fact]
    public async Task ReadAsync_CompleteRunWithAllItsShards_TakesTheCountsOfItsState()
    {
        _store.Put(0, Answered(0), Answered(1));
        _store.Put(1, Answered(2));
        await Completed(shards: 2).WriteAsync(_store, SampleRuns.Manifest().Run, TestContext.Current.CancellationToken);

        RunProgress progress = await ReadAsync();

        Assert.Equal((RunPhase.Completed, 3, null), (progress.Phase, progress.Resumed, progress.Problem));
        Assert.Empty(_store.Read);
    }

    [Fact]
    public async Task ReadAsync_CompleteRunThatLostAShard_CountsWhatIsThere()
    {
        _store.Put(0, Answered(0), Answered(1));
        await Completed(shards: 2).WriteAsync(_store, SampleRuns.Manifest().Run, TestContext.Current.CancellationToken);

        RunProgress progress = await ReadAsync();

        Assert.Equal([new BenchmarkProgress(Gqa, 3, 2, 0)], progress.Benchmarks);
        Assert.Equal((RunPhase.Cancelled, 2), (progress.Phase, progress.Resumed));
        Assert.Equal("This run is not active; start it again to continue.", progress.Problem);
    }

    [Fact]
    public async Task ReadAsync_RunThatIsNotComplete_IsCountedThoughItsStateNamesCounts()
    {
        _store.Put(0, Answered(0), SampleRuns.Prediction("gqa", ThreeSamples.Samples[1], Gone));
        RunState state = Completed(shards: 1) with { Phase = RunPhase.Running };
        await state.WriteAsync(_store, SampleRuns.Manifest().Run, TestContext.Current.CancellationToken);

        Assert.Equal([new BenchmarkProgress(Gqa, 3, 2, 1)], (await ReadAsync()).Benchmarks);
    }

    [Fact]
    public async Task ReadAsync_EverySampleStoredBeforeAnybodySaidSo_IsComplete()
    {
        _store.Put(0, Answered(0), Answered(1), Answered(2));
        var failed = new RunState { Phase = RunPhase.Failed, Problem = "no device" };
        await failed.WriteAsync(_store, SampleRuns.Manifest().Run, TestContext.Current.CancellationToken);

        RunProgress progress = await ReadAsync();

        Assert.Equal((RunPhase.Completed, null), (progress.Phase, progress.Problem));
    }

    [Fact]
    public async Task ReadAsync_OneBenchmarkOfTwoIsPredicted_IsNotComplete()
    {
        StoreOfOneRun store = new StoreOfOneRun(SampleRuns.Manifest(ThreeSamples, SampleRuns.Benchmark("vsr", 1))).Open();
        store.Put(0, Answered(0), Answered(1), Answered(2));

        RunProgress progress = await StoredProgress.ReadAsync(store, new RunId("a-run"), null, TestContext.Current.CancellationToken);

        Assert.Equal((RunPhase.Cancelled, 3), (progress.Phase, progress.Resumed));
    }

    [Theory]
    [InlineData(RunPhase.Preparing, RunPhase.Cancelled)]
    [InlineData(RunPhase.Running, RunPhase.Cancelled)]
    [InlineData(RunPhase.Paused, RunPhase.Paused)]
    [InlineData(RunPhase.Cancelled, RunPhase.Cancelled)]
    [InlineData(RunPhase.Failed, RunPhase.Failed)]
    public async Task ReadAsync_UnfinishedRun_KeepsPhasePriorityAndProblemOfItsState(RunPhase state, RunPhase expected)
    {
        var kept = new RunState { Phase = state, Priority = 7, Problem = "why" };
        await kept.WriteAsync(_store, SampleRuns.Manifest().Run, TestContext.Current.CancellationToken);

        RunProgress progress = await ReadAsync();

        Assert.Equal((new RunId("a-run"), expected, 7, "why"), (progress.Run, progress.Phase, progress.Priority, progress.Problem));
    }

    [Fact]
    public async Task ReadAsync_RunWithoutState_IsCancelledAtNoPriority()
    {
        RunProgress progress = await ReadAsync();

        Assert.Equal((RunPhase.Cancelled, 0), (progress.Phase, progress.Priority));
    }

    [Fact]
    public async Task ReadAsync_NoSuchRun_IsRefused()
    {
        var exception = await Assert.ThrowsAsync<PrerequisiteException>(
            async () => await StoredProgress.ReadAsync(_store, new RunId("other"), null, TestContext.Current.CancellationToken));

        Assert.Contains("No run 'other'.", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_MalformedState_IsRefusedByName()
    {
        _store.Put(RunState.File, "{");

        var exception = await Assert.ThrowsAsync<PrerequisiteException>(async () => await ReadAsync());

        Assert.StartsWith("'state.json' of run 'a-run' is malformed: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToProgress_MorePredictionsThanSamples_StaysWithinTheTotal()
    {
        var counts = new PredictionCounts(SampleRuns.Manifest(ThreeSamples, SampleRuns.Benchmark("vsr", 1)));
        counts.Add([.. Enumerable.Repeat(new PredictionOutline(Gqa, new SampleId("s"), true), 5), new(new BenchmarkName("unknown"), new SampleId("s"), false)]);

        Assert.Equal([new BenchmarkProgress(Gqa, 3, 3, 3), new BenchmarkProgress(new("vsr"), 1, 0, 0)], counts.ToProgress());
        Assert.Equal(5, counts.Stored);
    }

    private static Prediction Answered(int sample) => SampleRuns.Prediction("gqa", ThreeSamples.Samples[sample]);

    private static RunState Completed(int shards) => new()
    {
        Phase = RunPhase.Completed,
        Complete = new CompleteRun(shards, [new BenchmarkProgress(Gqa, 3, 3, 0)]),
    };

    private ValueTask<RunProgress> ReadAsync() => StoredProgress.ReadAsync(_store, new RunId("a-run"), null, TestContext.Current.CancellationToken);
}
