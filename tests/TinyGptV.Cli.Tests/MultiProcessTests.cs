using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>
/// The program as users run it: separate processes, the shipped demonstration model on the shipped samples. However the work is divided and
/// whichever process dies, predictions and reports are those of the one-process run, byte for byte.
/// </summary>
public sealed class MultiProcessTests(StartedOnce<OneProcessRun> oneProcess) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replica_killed_and_client_interrupted_change_nothing_and_the_run_is_controlled_from_outside()
    {
        await using var cluster = await StartClusterAsync();
        await using ProgramProcess first = cluster.Evaluate([.. OneProcessRun.Settings]);
        await cluster.SecondReplica.WaitForLineAsync(line => ReplicaLog.Begins.IsMatch(line), Token);
        cluster.SecondReplica.Kill();
        first.Signal("INT");
        int exitCode = await first.WaitForExitAsync(Token);
        await using ProgramProcess second = cluster.Evaluate([.. OneProcessRun.Settings]);

        // A fast run may be over before the signal arrives; then there was nothing to interrupt.
        Assert.True(exitCode is ExitCode.Interrupted or ExitCode.Success, first.Transcript);
        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Success, second.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);

        await using ProgramProcess pause = cluster.Control("pause", OneProcessRun.Name);
        Assert.True(await pause.WaitForExitAsync(Token) == ExitCode.Success, pause.Transcript);
        Assert.StartsWith($"{OneProcessRun.Name}: completed, ", pause.Output, StringComparison.Ordinal);
        await using ProgramProcess resume = cluster.Control("resume", "nowhere", "--priority", "3");
        Assert.True(await resume.WaitForExitAsync(Token) == ExitCode.UserMustAct, resume.Transcript);
        Assert.Contains("No run 'nowhere'", resume.Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Coordinator_that_is_killed_is_told_to_the_client_and_the_run_continues_with_the_next_one()
    {
        await using (var cluster = await StartClusterAsync())
        {
            await using ProgramProcess eval = cluster.Evaluate(["--wait", "5", .. OneProcessRun.Settings]);
            await cluster.SecondReplica.WaitForLineAsync(line => ReplicaLog.Begins.IsMatch(line), Token);
            cluster.Coordinator.Kill();

            Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Unavailable, eval.Transcript);
            Assert.Contains("The cluster is lost", eval.Transcript, StringComparison.Ordinal);
        }

        await using var next = await StartClusterAsync(replicas: 1);
        await using ProgramProcess again = next.Evaluate([.. OneProcessRun.Settings]);
        Assert.True(await again.WaitForExitAsync(Token) == ExitCode.Success, again.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
    }

    [Fact]
    public async Task Interrupted_run_of_one_process_continues_to_the_same_result()
    {
        string[] command = ["eval", "--runs", "runs", "--threads", "1", .. OneProcessRun.Settings];
        await using ProgramProcess first = ProgramProcess.Start(_folder.Path, command);
        await first.WaitForLineAsync(line => line.StartsWith($"{OneProcessRun.Name}: ", StringComparison.Ordinal), Token);
        first.Signal("INT");
        int exitCode = await first.WaitForExitAsync(Token);
        await using ProgramProcess second = ProgramProcess.Start(_folder.Path, command);

        // A fast run may be over before the signal arrives; then there was nothing to interrupt.
        Assert.True(exitCode is ExitCode.Interrupted or ExitCode.Success, first.Transcript);
        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Success, second.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
    }

    private Task<ClusterProcesses> StartClusterAsync(int replicas = 2) =>
        ClusterProcesses.StartAsync(_folder, [], [.. Enumerable.Repeat<string[]>(["--threads", "1"], replicas)], Token);
}
