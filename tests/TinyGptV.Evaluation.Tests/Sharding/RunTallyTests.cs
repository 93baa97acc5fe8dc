using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;
using TinyGptV.Evaluation.Sharding;
using TinyGptV.Evaluation.Tests.Runs;

namespace TinyGptV.Evaluation.Tests.Sharding;

public class RunTallyTests
{
    private static readonly BenchmarkName Gqa = new("gqa");
    private static readonly ShardPart First = new(new ShardIndex(0), 0, 3);
    private static readonly Prediction Answered = SampleRuns.Prediction("gqa", SampleRuns.Sample(0, "1.png"));
    private static readonly Prediction Failed =
        SampleRuns.Prediction("gqa", SampleRuns.Sample(1, "1.png"), new SampleFailure(SampleFailureKind.ImageUnavailable, "gone"));

    private readonly RunTally _tally = new(new PredictionCounts(SampleRuns.Manifest(SampleRuns.Benchmark("gqa", 1, 1, 2), SampleRuns.Benchmark("vsr", 1))));

    [Fact]
    public void Arrived_ShardInWork_CountsBeforeItIsStored()
    {
        _tally.Arrived(First, Gqa, 1, 1);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 1, 1), _tally.ToProgress()[0]);
        Assert.Equal(0, _tally.Stored);
    }

    [Fact]
    public void Arrived_TwoReplicasOfOnePart_CountsTheOneThatIsFarther()
    {
        _tally.Arrived(First, Gqa, 2, 1);
        _tally.Arrived(First, Gqa, 1, 0);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 2, 1), _tally.ToProgress()[0]);
    }

    [Fact]
    public void Arrived_MoreOfThePart_ReplacesWhatWasKnown()
    {
        _tally.Arrived(First, Gqa, 1, 0);
        _tally.Arrived(First, Gqa, 2, 1);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 2, 1), _tally.ToProgress()[0]);
    }

    [Fact]
    public void Arrived_AsFarAsTheOther_TheFirstCounts()
    {
        _tally.Arrived(First, Gqa, 2, 1);
        _tally.Arrived(First, Gqa, 2, 0);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 2, 1), _tally.ToProgress()[0]);
    }

    [Fact]
    public void Arrived_PartOfOneBenchmark_CountsForNoOther()
    {
        _tally.Arrived(First, Gqa, 2, 1);
        Assert.Equal(new BenchmarkProgress(new("vsr"), 1, 0, 0), _tally.ToProgress()[1]);
    }

    [Fact]
    public void Forget_ShardInWork_CountsItNoMore()
    {
        _tally.Arrived(First, Gqa, 1, 0);
        _tally.Forget(First);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 0, 0), _tally.ToProgress()[0]);
    }

    [Fact]
    public void Store_ShardInWork_CountsItOnce()
    {
        _tally.Arrived(First, Gqa, 1, 0);
        _tally.Store([First], [Outline(Answered), Outline(Failed)]);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 2, 1), _tally.ToProgress()[0]);
        Assert.Equal(2, _tally.Stored);
    }

    [Fact]
    public void ToProgress_MoreArrivedThanThereAre_StaysWithinTheTotal()
    {
        for (int shard = 0; shard < 5; shard++)
            _tally.Arrived(new ShardPart(new ShardIndex(shard), 0, 1), Gqa, 1, 1);
        Assert.Equal(new BenchmarkProgress(Gqa, 3, 3, 3), _tally.ToProgress()[0]);
    }

    private static PredictionOutline Outline(Prediction prediction) => new(prediction.Benchmark, prediction.Sample.Id, prediction.Failure is not null);
}
