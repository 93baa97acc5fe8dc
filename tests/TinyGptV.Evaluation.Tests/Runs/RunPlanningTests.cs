using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Evaluation.Tests.Runs;

public class RunPlanningTests
{
    [Fact]
    public void Take_Limit_KeepsTheFirstInFileOrder() =>
        Assert.Equal(["s0000", "s0001"], RunPlanning.Take(SampleRuns.Benchmark("gqa", 3, 1, 2), 2).Samples.Select(sample => sample.Id.Value));

    [Fact]
    public void Take_NoLimit_KeepsAll() => Assert.Equal(3, RunPlanning.Take(SampleRuns.Benchmark("gqa", 3, 1, 2), null).Samples.Length);

    [Fact]
    public void Describe_RepeatedImages_CountsThemOnce()
    {
        BenchmarkManifest described = RunPlanning.Describe(SampleRuns.Benchmark("gqa", 1, 2, 1));
        Assert.Equal((3, 2), (described.Samples, described.Images));
    }
}
