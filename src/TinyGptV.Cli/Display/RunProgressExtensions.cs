using System.Globalization;
using System.Runtime.CompilerServices;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

internal static class RunProgressExtensions
{
    /// <summary>True if the run does not continue unless it is started again.</summary>
    public static bool HasEnded(this RunProgress progress) => progress.Phase is RunPhase.Completed or RunPhase.Cancelled or RunPhase.Failed;

    /// <summary>The fraction of samples with a prediction, 0..1.</summary>
    public static double ShareDone(this RunProgress progress)
    {
        int samples = progress.Benchmarks.Sum(benchmark => benchmark.Samples);
        return samples == 0 ? 0 : progress.Benchmarks.Sum(benchmark => benchmark.Predicted) / (double)samples;
    }

    /// <summary>Disturbances: paused, and the numbers of returned, hedged and divided shards; empty if there were none.</summary>
    public static string Troubles(this RunProgress progress) => string.Concat(
        progress.Phase == RunPhase.Paused ? ", paused" : "",
        Count(progress.ShardsReturned, "returned"),
        Count(progress.ShardsHedged, "hedged"),
        Count(progress.ShardsDivided, "divided"));

    private static string Count(int shards, string what) => shards > 0 ? string.Create(CultureInfo.InvariantCulture, $", {shards} {what}") : "";

    public static int Failed(this RunProgress progress) => progress.Benchmarks.Sum(benchmark => benchmark.Failed);

    /// <summary>
    /// Keeps <see cref="RunProgress.Resumed"/> of the first snapshot in all later ones. A run that moves to another silo starts over
    /// there and would count its own predictions as found.
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
