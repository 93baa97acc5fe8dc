using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Tests.Display;

public sealed class TerminalRunDisplayTests
{
    [Fact]
    public async Task ShowAsync_draws_a_bar_for_each_benchmark_and_returns_the_last_snapshot()
    {
        var output = new StringWriter();

        RunProgress? last = await new TerminalRunDisplay(output, new FakeTimeProvider()).ShowAsync(
            new[] { At(1), At(8) }.ToAsyncEnumerable(), TestContext.Current.CancellationToken);

        Assert.Equal(8, last!.Benchmarks[1].Predicted);
        Assert.Contains("gqa", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("8/8", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_slow_run_tells_days_left_and_seconds_per_sample()
    {
        var time = new FakeTimeProvider();
        var output = new StringWriter();

        await new TerminalRunDisplay(output, time).ShowAsync(PlayAsync(time), TestContext.Current.CancellationToken);

        Assert.Contains("40000 s/sample, 2 d 18:40 left", Regex.Replace(output.ToString(), @"\s+", " "), StringComparison.Ordinal);
        Assert.DoesNotContain("0 samples/s", output.ToString(), StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<RunProgress> PlayAsync(FakeTimeProvider time)
    {
        yield return At(1) with { Problem = null };
        time.Advance(TimeSpan.FromSeconds(40000));
        yield return At(2) with { Problem = null };
        await Task.CompletedTask;
    }

    private static RunProgress At(int predicted) => new()
    {
        Run = new("r"),
        Phase = RunPhase.Running,
        Benchmarks = [new(new("gqa"), 20, 20, 1), new(new("vsr"), 8, predicted, 0)],
        Replicas = 1,
        Problem = "[markup] in a text is no markup",
    };
}
