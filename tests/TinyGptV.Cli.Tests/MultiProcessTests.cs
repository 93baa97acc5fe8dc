using System.Text.Json;
using System.Text.RegularExpressions;

namespace TinyGptV.Cli.Tests;

/// <summary>
/// The program as users run it: processes of their own, the shipped demonstration model on the shipped samples. However the work is
/// divided and whoever dies, predictions and reports are those of the one-process run, byte for byte.
/// </summary>
public sealed partial class MultiProcessTests(Shared<OneProcessRun> oneProcess) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_of_three_processes_makes_the_predictions_and_reports_of_one()
    {
        await using var cluster = await StartClusterAsync();
        await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings]);

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);

        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
        Assert.Equal(2, Timings().GetProperty("replicas").GetInt32());
        Assert.Equal(0, Timings().GetProperty("shardsReturned").GetInt32());
        await using ProgramProcess pause = cluster.Control("pause", OneProcessRun.Name);
        Assert.True(await pause.WaitForExitAsync(Token) == ExitCode.Success, pause.Transcript);
        Assert.StartsWith($"{OneProcessRun.Name}: completed, ", pause.Output, StringComparison.Ordinal);
        await using ProgramProcess resume = cluster.Control("resume", "nowhere", "--priority", "3");
        Assert.True(await resume.WaitForExitAsync(Token) == ExitCode.UserMustAct, resume.Transcript);
        Assert.Contains("The store was expected to hold the run 'nowhere'", resume.Transcript, StringComparison.Ordinal);
        await cluster.StopAsync(Token);
    }

    [Fact]
    public async Task Replica_killed_after_it_began_a_shard_changes_nothing()
    {
        await using var cluster = await StartClusterAsync();
        await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings]);

        await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
        cluster.SecondReplica.Kill();

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
        await cluster.SecondReplica.WaitForExitAsync(Token);
        Assert.True(ShardsOf(ShardBegins, cluster.SecondReplica).Except(ShardsOf(ShardIsDone, cluster.SecondReplica)).Any(), "The replica had no shard in hand when it was killed.");
    }

    [Fact]
    public async Task Replica_that_is_told_to_stop_after_it_began_a_shard_stops_in_order_and_changes_nothing()
    {
        await using var cluster = await StartClusterAsync();
        await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings]);

        await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
        cluster.SecondReplica.Signal("TERM");

        Assert.True(await cluster.SecondReplica.WaitForExitAsync(Token) == ExitCode.Success, cluster.SecondReplica.Transcript);
        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
    }

    [Fact]
    public async Task Interrupted_client_leaves_the_run_to_the_cluster_and_attaches_again()
    {
        await using var cluster = await StartClusterAsync();
        await using ProgramProcess first = cluster.Evaluate([.. OneProcessRun.Settings]);
        await first.WaitForLineAsync(line => line.StartsWith($"{OneProcessRun.Name}: ", StringComparison.Ordinal), Token);

        first.Signal("INT");
        int exitCode = await first.WaitForExitAsync(Token);
        await using ProgramProcess second = cluster.Evaluate([.. OneProcessRun.Settings]);

        // A fast run may be over before the signal arrives; then there was nothing to interrupt.
        Assert.True(exitCode is ExitCode.Interrupted or ExitCode.Success, first.Transcript);
        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Success, second.Transcript);
        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
    }

    [Fact]
    public async Task Coordinator_that_is_killed_is_told_to_the_client_and_the_run_continues_with_the_next_one()
    {
        await using (var cluster = await StartClusterAsync())
        {
            await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings]);
            await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
            cluster.Coordinator.Kill();

            Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.UserMustAct, eval.Transcript);
            Assert.Contains("The cluster is lost", eval.Transcript, StringComparison.Ordinal);
        }

        await using var next = await StartClusterAsync();
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

    [GeneratedRegex(@"Replica r2: run \S+, shard (\d+) begins")]
    private static partial Regex ShardBegins { get; }

    [GeneratedRegex(@"Replica r2: run \S+, shard (\d+) is done")]
    private static partial Regex ShardIsDone { get; }

    private static IEnumerable<string> ShardsOf(Regex line, ProgramProcess replica) =>
        line.Matches(replica.Transcript).Select(match => match.Groups[1].Value);

    private Task<ClusterProcesses> StartClusterAsync() => ClusterProcesses.StartAsync(_folder, [], ["--threads", "1"], Token);

    private JsonElement Timings() => JsonDocument.Parse(File.ReadAllText(_folder["runs", OneProcessRun.Name, "timings.json"])).RootElement;
}
