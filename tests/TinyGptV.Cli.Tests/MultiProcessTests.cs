using System.Text.Json;
using System.Text.RegularExpressions;

namespace TinyGptV.Cli.Tests;

/// <summary>
/// The program as users run it: processes of their own, the shipped demonstration model on the shipped samples. However the work is
/// divided and whoever dies, predictions and reports are those of the one-process run, byte for byte.
/// </summary>
public sealed partial class MultiProcessTests(OneProcessRun oneProcess) : IClassFixture<OneProcessRun>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_of_three_processes_makes_the_predictions_and_reports_of_one()
    {
        await using var cluster = await ThreeProcesses.StartAsync(_folder, Token);
        await using ProgramProcess eval = cluster.Evaluate();

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);

        oneProcess.AssertEqual(_folder["runs"]);
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
        await using var cluster = await ThreeProcesses.StartAsync(_folder, Token);
        await using ProgramProcess eval = cluster.Evaluate();

        await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
        cluster.SecondReplica.Kill();

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
        oneProcess.AssertEqual(_folder["runs"]);
        await cluster.SecondReplica.WaitForExitAsync(Token);
        Assert.True(ShardsOf(ShardBegins, cluster.SecondReplica).Except(ShardsOf(ShardIsDone, cluster.SecondReplica)).Any(), "The replica had no shard in hand when it was killed.");
    }

    [Fact]
    public async Task Replica_that_is_told_to_stop_after_it_began_a_shard_stops_in_order_and_changes_nothing()
    {
        await using var cluster = await ThreeProcesses.StartAsync(_folder, Token);
        await using ProgramProcess eval = cluster.Evaluate();

        await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
        cluster.SecondReplica.Signal("TERM");

        Assert.True(await cluster.SecondReplica.WaitForExitAsync(Token) == ExitCode.Success, cluster.SecondReplica.Transcript);
        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
        oneProcess.AssertEqual(_folder["runs"]);
    }

    [Fact]
    public async Task Interrupted_client_leaves_the_run_to_the_cluster_and_attaches_again()
    {
        await using var cluster = await ThreeProcesses.StartAsync(_folder, Token);
        await using ProgramProcess first = cluster.Evaluate();
        await first.WaitForLineAsync(line => line.StartsWith($"{OneProcessRun.Name}: ", StringComparison.Ordinal), Token);

        first.Signal("INT");
        int exitCode = await first.WaitForExitAsync(Token);
        await using ProgramProcess second = cluster.Evaluate();

        // A fast run may be over before the signal arrives; then there was nothing to interrupt.
        Assert.True(exitCode is ExitCode.Interrupted or ExitCode.Success, first.Transcript);
        Assert.True(await second.WaitForExitAsync(Token) == ExitCode.Success, second.Transcript);
        oneProcess.AssertEqual(_folder["runs"]);
    }

    [Fact]
    public async Task Coordinator_that_is_killed_is_told_to_the_client_and_the_run_continues_with_the_next_one()
    {
        await using (var cluster = await ThreeProcesses.StartAsync(_folder, Token))
        {
            await using ProgramProcess eval = cluster.Evaluate();
            await cluster.SecondReplica.WaitForLineAsync(line => ShardBegins.IsMatch(line), Token);
            cluster.Coordinator.Kill();

            Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.UserMustAct, eval.Transcript);
            Assert.Contains("The cluster is lost", eval.Transcript, StringComparison.Ordinal);
        }

        await using var next = await ThreeProcesses.StartAsync(_folder, Token);
        await using ProgramProcess again = next.Evaluate();
        Assert.True(await again.WaitForExitAsync(Token) == ExitCode.Success, again.Transcript);
        oneProcess.AssertEqual(_folder["runs"]);
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
        oneProcess.AssertEqual(_folder["runs"]);
    }

    [GeneratedRegex(@"Replica r2: run \S+, shard (\d+) begins")]
    private static partial Regex ShardBegins { get; }

    [GeneratedRegex(@"Replica r2: run \S+, shard (\d+) is done")]
    private static partial Regex ShardIsDone { get; }

    private static IEnumerable<string> ShardsOf(Regex line, ProgramProcess replica) =>
        line.Matches(replica.Transcript).Select(match => match.Groups[1].Value);

    private JsonElement Timings() => JsonDocument.Parse(File.ReadAllText(_folder["runs", OneProcessRun.Name, "timings.json"])).RootElement;

    /// <summary>A coordinator and two replicas on loopback, on ports that were free.</summary>
    private sealed partial class ThreeProcesses : IAsyncDisposable
    {
        private readonly TemporaryFolder _folder;
        private readonly string _gateway;

        private ThreeProcesses(TemporaryFolder folder, ProgramProcess coordinator, string gateway, ProgramProcess firstReplica, ProgramProcess secondReplica) =>
            (_folder, Coordinator, _gateway, FirstReplica, SecondReplica) = (folder, coordinator, gateway, firstReplica, secondReplica);

        public ProgramProcess Coordinator { get; }

        public ProgramProcess FirstReplica { get; }

        public ProgramProcess SecondReplica { get; }

        public static async Task<ThreeProcesses> StartAsync(TemporaryFolder folder, CancellationToken cancellationToken)
        {
            var coordinator = ProgramProcess.Start(folder.Path, "silo", "--role", "coordinator", "--name", "c1", "--silo-port", "0", "--gateway-port", "0", "--runs", "runs");
            string ready = await coordinator.WaitForLineAsync(line => line.StartsWith("coordinator 'c1' is ready: ", StringComparison.Ordinal), cancellationToken);
            Match addresses = Addresses.Match(ready);
            ProgramProcess[] replicas = [.. new[] { "r1", "r2" }.Select(name => ProgramProcess.Start(
                folder.Path, "silo", "--role", "replica", "--name", name, "--primary", addresses.Groups["silo"].Value, "--threads", "1", "--verbose"))];
            foreach (ProgramProcess replica in replicas)
                await replica.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), cancellationToken);
            return new ThreeProcesses(folder, coordinator, addresses.Groups["gateway"].Value, replicas[0], replicas[1]);
        }

        public ProgramProcess Evaluate() =>
            ProgramProcess.Start(_folder.Path, ["eval", "--cluster", _gateway, .. OneProcessRun.Settings]);

        public ProgramProcess Control(params string[] command) =>
            ProgramProcess.Start(_folder.Path, ["runs", .. command, "--cluster", _gateway]);

        /// <summary>SIGTERM ends every silo in an orderly way.</summary>
        public async Task StopAsync(CancellationToken cancellationToken)
        {
            foreach (ProgramProcess silo in new[] { FirstReplica, SecondReplica, Coordinator })
            {
                silo.Signal("TERM");
                Assert.True(await silo.WaitForExitAsync(cancellationToken) == ExitCode.Success, silo.Transcript);
                Assert.Contains("has stopped", silo.Output, StringComparison.Ordinal);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await FirstReplica.DisposeAsync();
            await SecondReplica.DisposeAsync();
            await Coordinator.DisposeAsync();
        }

        [GeneratedRegex(@"silo (?<silo>\S+), gateway (?<gateway>\S+), ")]
        private static partial Regex Addresses { get; }
    }
}
