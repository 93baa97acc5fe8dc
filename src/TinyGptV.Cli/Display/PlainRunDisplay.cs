using System.Globalization;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>Progress as lines, for logs and pipes: one at the start, one at the end and one every 5 %, at most one per second.</summary>
/// <param name="output">Where the lines go.</param>
/// <param name="time">Measures speed and the time between lines.</param>
internal sealed class PlainRunDisplay(TextWriter output, TimeProvider time) : IRunDisplay
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private const double Step = 0.05;

    public async Task<RunProgress?> ShowAsync(IAsyncEnumerable<RunProgress> snapshots, CancellationToken cancellationToken)
    {
        var speed = new RunSpeed(time);
        RunProgress? last = null;
        (TimeSpan at, double share, string? problem) written = (TimeSpan.MinValue, -1, null);
        await foreach (RunProgress progress in snapshots.WithCancellation(cancellationToken))
        {
            last = progress;
            speed.Observe(progress);
            double share = progress.ShareDone();
            TimeSpan since = written.share < 0 ? Longest : speed.Elapsed - written.at;
            bool due = since >= Longest || since >= Shortest && (share - written.share >= Step || progress.Problem != written.problem);
            if (!due && !progress.HasEnded())
                continue;
            // Hides the problem of the first snapshot: replicas join a moment after the run starts.
            bool hides = written.share < 0 && !progress.HasEnded() && progress.WorkedOnBy is null;
            await output.WriteLineAsync(Describe(hides ? progress with { Problem = null } : progress, speed));
            written = (speed.Elapsed, share, progress.Problem);
        }
        return last;
    }

    private static string Describe(RunProgress progress, RunSpeed speed)
    {
        if (progress.Phase == RunPhase.Preparing)
            return $"{progress.Run}: reading benchmarks";
        string benchmarks = string.Join(", ", progress.Benchmarks.Select(b => string.Create(
            CultureInfo.InvariantCulture, $"{b.Benchmark} {b.Predicted}/{b.Samples}{(b.Failed > 0 ? $" ({b.Failed} failed)" : "")}")));
        string problem = progress.Problem is { } text ? $"; {text}" : "";
        string replicas = progress.Replicas > 0 ? string.Create(CultureInfo.InvariantCulture, $", {progress.Replicas} replica(s)") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{progress.Run}: {progress.ShareDone():P0} {benchmarks}{replicas}{speed.Describe(progress)}{progress.Troubles()}{problem}");
    }
}
