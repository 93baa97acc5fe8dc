using System.Globalization;
using Spectre.Console;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Display;

/// <summary>Progress bars on a terminal: one per benchmark, then one for the run with its speed and remaining time.</summary>
/// <param name="output">The terminal's writer.</param>
/// <param name="time">Measures speed.</param>
internal sealed class TerminalRunDisplay(TextWriter output, TimeProvider time) : IRunDisplay
{
    public Task<RunProgress?> ShowAsync(IAsyncEnumerable<RunProgress> snapshots, CancellationToken cancellationToken)
    {
        // By default, Spectre checks standard output, which may be redirected while standard error is a terminal.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
        });
        return console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(bars => UpdateAsync(bars, snapshots, cancellationToken));
    }

    private async Task<RunProgress?> UpdateAsync(ProgressContext bars, IAsyncEnumerable<RunProgress> snapshots, CancellationToken cancellationToken)
    {
        var speed = new RunSpeed(time);
        var tasks = new Dictionary<BenchmarkName, ProgressTask>();
        ProgressTask? total = null;
        RunProgress? last = null;
        await foreach (RunProgress progress in snapshots.WithCancellation(cancellationToken))
        {
            last = progress;
            speed.Observe(progress);
            foreach (BenchmarkProgress benchmark in progress.Benchmarks)
            {
                if (!tasks.TryGetValue(benchmark.Benchmark, out ProgressTask? task))
                    tasks.Add(benchmark.Benchmark, task = bars.AddTask(Markup.Escape(benchmark.Benchmark.Value), maxValue: Math.Max(1, benchmark.Samples)));
                task.Value = benchmark.Predicted;
                task.Description = Markup.Escape(Describe(benchmark));
            }
            total ??= bars.AddTask("all", maxValue: 1);
            total.Value = progress.ShareDone();
            total.Description = Markup.Escape(Describe(progress, speed));
        }
        return last;
    }

    private static string Describe(BenchmarkProgress benchmark) => string.Create(
        CultureInfo.InvariantCulture,
        $"{benchmark.Benchmark,-8} {benchmark.Predicted}/{benchmark.Samples}{(benchmark.Failed > 0 ? $", {benchmark.Failed} failed" : "")}");

    private static string Describe(RunProgress progress, RunSpeed speed)
    {
        string problem = progress.Problem is { } text ? $"; {text}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{progress.Replicas} replica(s){speed.Describe(progress)}{progress.Troubles()}{problem}");
    }
}
