using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Membership;

/// <summary>Silos that use other stores than their cluster.</summary>
public sealed class StoresOfAClusterTests(StartedOnce<RedisServer> redis) : IDisposable
{
    private static readonly string[] Scripted = ["--scripted", "0"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Coordinator_with_other_runs_and_replica_with_other_data_are_refused_with_both_places()
    {
        SmallBenchmark.WriteTo(_folder, "small", 4);
        _folder.Write("other/.store-id", "the token of another folder\n");
        (string, string)[] variables =
        [
            ("TINYGPTV_CLUSTERING", "redis"), ("TINYGPTV_MEMBERSHIP", (await redis.GetAsync()).Connection), ("TINYGPTV_CLUSTER_ID", "stores"),
            ("TINYGPTV_DATA", _folder["data"]),
        ];
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(
            _folder, [.. variables, ("TINYGPTV_RUNS", _folder["runs"])], [Scripted], Token);

        await using ProgramProcess coordinator = ProgramProcess.Start(
            _folder.Path, variables, ["silo", "--role", "coordinator", "--silo-port", "0", "--gateway-port", "0", "--runs", "elsewhere"]);
        await using ProgramProcess replica = ProgramProcess.Start(
            _folder.Path, variables, ["silo", "--role", "replica", "--silo-port", "0", "--data", "other", .. Scripted]);
        await using ProgramProcess same = ProgramProcess.Start(
            _folder.Path, variables, ["silo", "--role", "coordinator", "--silo-port", "0", "--gateway-port", "0", "--runs", "./runs/../runs"]);

        Assert.True(await coordinator.WaitForExitAsync(Token) == ExitCode.UserMustAct, coordinator.Transcript);
        Assert.Contains($"This coordinator stores runs in '{_folder["elsewhere"]}' on host", coordinator.Transcript, StringComparison.Ordinal);
        Assert.Contains($"in '{_folder["runs"]}' on host", coordinator.Transcript, StringComparison.Ordinal);
        Assert.True(await replica.WaitForExitAsync(Token) == ExitCode.UserMustAct, replica.Transcript);
        Assert.Contains($"This replica reads benchmarks from '{_folder["other"]}' on host", replica.Transcript, StringComparison.Ordinal);
        Assert.Contains($"from '{_folder["data"]}' on host", replica.Transcript, StringComparison.Ordinal);
        Assert.DoesNotContain("is ready", coordinator.Output + replica.Output, StringComparison.Ordinal);
        await same.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), Token);
        await using ProgramProcess eval = cluster.Evaluate();
        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
    }
}
