using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

internal static class RunProgressExtensions
{
    /// <summary>True if nothing more happens unless the run is started again.</summary>
    public static bool HasEnded(this RunProgress progress) => progress.Phase is RunPhase.Completed or RunPhase.Cancelled or RunPhase.Failed;

    /// <summary>The part of all samples that has a prediction, 0..1.</summary>
    public static double ShareDone(this RunProgress progress)
    {
        int samples = progress.Benchmarks.Sum(benchmark => benchmark.Samples);
        return samples == 0 ? 0 : progress.Benchmarks.Sum(benchmark => benchmark.Predicted) / (double)samples;
    }

    public static int Failed(this RunProgress progress) => progress.Benchmarks.Sum(benchmark => benchmark.Failed);
}
