using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using TinyGptV.Cli.Display;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Tests.Display;

public sealed class PlainRunDisplayTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };

    [Fact]
    public async Task ShowAsync_writes_first_and_last_snapshot_with_counts_speed_and_failures()
    {
        RunProgress? last = await ShowAsync((0, At(0)), (4, At(20, failed: 3, phase: RunPhase.Completed)));

        Assert.Equal(RunPhase.Completed, last!.Phase);
        Assert.Equal(
            """
            r: 0 % gqa 0/20, 2 replica(s)
            r: 100 % gqa 20/20 (3 failed), 2 replica(s), 5 samples/s

            """, _output.ToString());
    }

    [Fact]
    public async Task ShowAsync_does_not_write_more_than_a_line_a_second()
    {
        await ShowAsync((0, At(0)), (0.3, At(5)), (0.3, At(10)), (0.5, At(15)));

        Assert.Equal(["r: 0 % gqa 0/20, 2 replica(s)", "r: 75 % gqa 15/20, 2 replica(s), 13.6 samples/s, 00:00:00 left"], Lines);
    }

    [Fact]
    public async Task ShowAsync_slow_run_writes_a_line_every_ten_seconds()
    {
        await ShowAsync((0, At(1)), (9, At(1)), (1, At(1)), (5, At(1)), (5, At(1)));

        Assert.Equal(3, Lines.Length);
    }

    [Fact]
    public async Task ShowAsync_speed_does_not_count_what_was_there_before()
    {
        await ShowAsync((0, At(10)), (2, At(12)));

        Assert.EndsWith("1 samples/s, 00:00:08 left", Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_speed_does_not_count_the_time_without_a_coordinator()
    {
        await ShowAsync((0, At(0)), (2, At(4)), (60, new RunProgress { Run = new("r"), Phase = RunPhase.Preparing }), (1, At(4)), (4, At(12)));

        Assert.Equal("r: reading benchmarks", Lines[^3]);
        Assert.EndsWith("2 samples/s, 00:00:04 left", Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3600, 1, "3600 s/sample, 19:00:00 left")]
    [InlineData(86400, 1, "86400 s/sample, 19 d 00:00 left")]
    [InlineData(7200, 1, "7200 s/sample, 1 d 14:00 left")]
    [InlineData(38.3, 2, "19.2 s/sample, 00:05:44 left")]
    [InlineData(3, 2, "1.5 s/sample, 00:00:27 left")]
    [InlineData(2, 2, "1 samples/s, 00:00:18 left")]
    public async Task ShowAsync_slow_run_tells_seconds_per_sample_and_whole_days(double seconds, int predicted, string expected)
    {
        await ShowAsync((0, At(0)), (seconds, At(predicted)));

        Assert.EndsWith(", " + expected, Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_new_problem_is_told_at_the_next_second()
    {
        await ShowAsync((0, At(0)), (1, At(0) with { Problem = "waits for a replica" }));

        Assert.EndsWith("; waits for a replica", Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ShowAsync_no_snapshot_gives_none() => Assert.Null(await ShowAsync());

    private string[] Lines => _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private Task<RunProgress?> ShowAsync(params (double AfterSeconds, RunProgress Progress)[] snapshots) =>
        new PlainRunDisplay(_output, _time).ShowAsync(PlayAsync(snapshots), TestContext.Current.CancellationToken);

    private async IAsyncEnumerable<RunProgress> PlayAsync(
        (double AfterSeconds, RunProgress Progress)[] snapshots, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach ((double seconds, RunProgress progress) in snapshots)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(seconds));
            yield return progress;
        }
        await Task.CompletedTask;
    }

    private static RunProgress At(int predicted, int failed = 0, RunPhase phase = RunPhase.Running) => new()
    {
        Run = new("r"),
        Phase = phase,
        Benchmarks = [new(new("gqa"), 20, predicted, failed)],
        Replicas = 2,
    };
}
