using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>Two processes that are told to do the same run in the same folder.</summary>
public sealed class TwoProcessesTests : IDisposable
{
    private static readonly string[] Settings = ["--run", "shared", "--benchmarks", "vsr", "--limit", "24", "--shard-size", "2"];
    private static readonly string[] Eval = ["eval", "--batch", "1", "--runs", "stored", .. Settings];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Second_process_watches_the_first_is_listed_as_running_and_takes_over_when_the_first_is_killed()
    {
        await using ProgramProcess first = ProgramProcess.Start(_folder.Path, [.. Eval, "--scripted", "20000"]);
        await first.WaitForLineAsync(line => line.Contains("vsr ", StringComparison.Ordinal), Token);
        await using ProgramProcess second = ProgramProcess.Start(_folder.Path, [.. Eval, "--scripted", "0"]);
        await second.WaitForLineAsync(line => line.Contains($"The process {first.Id} on host", StringComparison.Ordinal)
            && line.Contains("works on this run. This one waits, and continues the run if that one stops.", StringComparison.Ordinal), Token);

        await using ProgramProcess runs = ProgramProcess.Start(_folder.Path, ["runs", "--runs", "stored"]);
        Assert.True(await runs.WaitForExitAsync(Token) == ExitCode.Success, runs.Transcript);
        Assert.Matches(@"shared +running .*The process \d+ on host", runs.Output);

        first.Kill();
        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Success, second.Transcript);
        await RunFiles.AssertScriptedAsync(_folder, "shared", Settings);
    }

    [Fact]
    public async Task Second_process_that_is_interrupted_leaves_the_run_to_the_first()
    {
        await using ProgramProcess first = ProgramProcess.Start(_folder.Path, [.. Eval, "--scripted", "20000"]);
        await first.WaitForLineAsync(line => line.Contains("vsr ", StringComparison.Ordinal), Token);
        await using ProgramProcess second = ProgramProcess.Start(_folder.Path, [.. Eval, "--scripted", "0"]);
        await second.WaitForLineAsync(line => line.Contains("works on this run", StringComparison.Ordinal), Token);

        second.Signal("TERM"); // shells start background jobs with SIGINT ignored, as a test run may be

        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Interrupted, second.Transcript);
        Assert.Contains("\"phase\": \"running\"", await File.ReadAllTextAsync(_folder["stored", "shared", "state.json"], Token), StringComparison.Ordinal);
        Assert.Contains($"\"process\": {first.Id},", await OwnerAsync(), StringComparison.Ordinal);
    }

    private Task<string> OwnerAsync() =>
        File.ReadAllTextAsync(Directory.GetFiles(_folder["stored", "shared", ".owner"], "*.json").Max(StringComparer.Ordinal)!, Token);

    [Fact]
    public async Task Run_whose_folder_is_removed_in_mid_run_ends_with_one_sentence()
    {
        await using ProgramProcess eval = ProgramProcess.Start(_folder.Path, [.. Eval, "--scripted", "300"]);
        await eval.WaitForLineAsync(line => line.Contains("vsr ", StringComparison.Ordinal), Token);

        Directory.Move(_folder["stored", "shared"], _folder["elsewhere"]);

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.UserMustAct, eval.Transcript);
        Assert.Matches("The run 'shared' (is gone from|was removed from its store)", eval.Transcript);
        Assert.False(Directory.Exists(_folder["stored", "shared", "predictions"]));
    }
}
