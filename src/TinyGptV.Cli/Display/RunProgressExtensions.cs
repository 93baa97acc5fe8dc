using System.Globalization;
using System.Runtime.CompilerServices;
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

    /// <summary>What did not go smoothly: pausing, lost, hedged and divided shards; empty if all did.</summary>
    public static string Troubles(this RunProgress progress) => string.Concat(
        progress.Phase == RunPhase.Paused ? ", paused" : "",
        Count(progress.ShardsReturned, "returned"),
        Count(progress.ShardsHedged, "hedged"),
        Count(progress.ShardsDivided, "divided"));

    private static string Count(int shards, string what) => shards > 0 ? string.Create(CultureInfo.InvariantCulture, $", {shards} {what}") : "";

    public static int Failed(this RunProgress progress) => progress.Benchmarks.Sum(benchmark => benchmark.Failed);

    /// <summary>
    /// Lets every snapshot say what was stored when the watching began. A run that is moved to another silo on the way begins anew
    /// there and would count its own predictions among those it found.
    /// </summary>
    public static async IAsyncEnumerable<RunProgress> ResumedAsAtFirst(
        this IAsyncEnumerable<RunProgress> snapshots, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        int? resumed = null;
        await foreach (RunProgress progress in snapshots.WithCancellation(cancellationToken))
        {
            if (!progress.Benchmarks.IsEmpty)
                resumed ??= progress.Resumed;
            yield return progress with { Resumed = resumed ?? 0 };
        }
    }
}
