using System.Text.Json;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Membership;

/// <summary>
/// A whole evaluation with each way of finding silos: separate processes, real servers, the shipped model on the shipped samples;
/// benchmarks, checkpoint and runs in object storage.
/// </summary>
public sealed class MembershipTests(
    StartedOnce<OneProcessRun> oneProcess, StartedOnce<SampleContainer> storage, StartedOnce<RedisServer> redis, StartedOnce<PostgresServer> postgres)
    : IDisposable
{
    private static readonly string[] Replica = ["--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("localhost")]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task Cluster_makes_the_predictions_and_reports_of_one_process(string clustering)
    {
        SampleContainer container = await storage.GetAsync();
        await using var cluster = await ClusterProcesses.StartAsync(
            _folder, [.. await MembershipOfAsync(clustering), .. container.VariablesFor(_folder, clustering)], [Replica, Replica], Token);
        await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings, "--verbose"]);

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);

        await container.DownloadAsync(clustering, _folder["stored"]);
        (await oneProcess.GetAsync()).AssertEqual(_folder["stored"]);
        Assert.Equal((2, 0), Timings());
        await cluster.StopAsync(Token);
        foreach (string secret in new[] { "swordfish", container.Key })
        {
            Assert.All([eval, .. cluster.Silos], process => Assert.DoesNotContain(secret, process.Transcript, StringComparison.Ordinal));
            Assert.All(
                Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories),
                file => Assert.DoesNotContain(secret, File.ReadAllText(file), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Replica_killed_with_work_in_hand_when_the_first_shards_are_stored_changes_nothing()
    {
        string[] settings = ["--run", "killed", "--benchmarks", "vsr", "--limit", "24", "--shard-size", "2"];
        SampleContainer container = await storage.GetAsync();
        await using var proxy = new FaultyProxy(container.Endpoint);
        var shards = new ShardWatch("killed");
        proxy.Served += shards.Served;
        // One replica is fast; the other one would need minutes for its shards.
        await using var cluster = await ClusterProcesses.StartAsync(
            _folder, [.. await MembershipOfAsync("postgres"), .. container.VariablesFor(_folder, "killed", proxy.Endpoint)],
            [["--scripted", "50", "--batch", "1"], ["--scripted", "100000", "--batch", "1"]], Token);
        await using ProgramProcess eval = cluster.Evaluate(settings);

        await Task.WhenAll(cluster.SecondReplica.WaitForLineAsync(line => ReplicaLog.Begins.IsMatch(line), Token), shards.WhenAsync(2).WaitAsync(Token));
        cluster.SecondReplica.Kill();

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);
        await cluster.SecondReplica.WaitForExitAsync(Token);
        Assert.Empty(ReplicaLog.ShardsOf(ReplicaLog.IsDone, cluster.SecondReplica));
        await container.DownloadAsync("killed", _folder["stored"]);
        await RunFiles.AssertScriptedAsync(_folder, "killed", settings);
    }

    [Fact]
    public async Task Silo_that_cannot_tell_the_store_that_it_leaves_ends_within_the_grace_of_an_orchestrator()
    {
        await using var store = new RedisServer();
        await store.InitializeAsync();
        await using ProgramProcess silo = ProgramProcess.Start(
            _folder.Path, [("TINYGPTV_CLUSTERING", "redis"), ("TINYGPTV_MEMBERSHIP", store.Connection)],
            ["silo", "--role", "coordinator", "--name", "c1", "--silo-port", "0", "--gateway-port", "0", "--runs", "runs"]);
        await silo.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), Token);
        await store.DisposeAsync();

        silo.Signal("TERM");
        using var grace = CancellationTokenSource.CreateLinkedTokenSource(Token);
        grace.CancelAfter(TimeSpan.FromMinutes(1)); // the framework asks the store for two

        Assert.True(await silo.WaitForExitAsync(grace.Token) == ExitCode.Success, silo.Transcript);
    }

    private (int Replicas, int ShardsReturned) Timings()
    {
        using JsonDocument timings = JsonDocument.Parse(File.ReadAllText(_folder["stored", OneProcessRun.Name, "timings.json"]));
        return (timings.RootElement.GetProperty("replicas").GetInt32(), timings.RootElement.GetProperty("shardsReturned").GetInt32());
    }

    /// <summary>Every cluster has its own name, because the tests share the servers.</summary>
    private async Task<(string, string)[]> MembershipOfAsync(string clustering) => clustering switch
    {
        "localhost" => [("TINYGPTV_CLUSTERING", clustering)],
        "redis" => [("TINYGPTV_CLUSTERING", clustering), ("TINYGPTV_MEMBERSHIP", (await redis.GetAsync()).Connection), ClusterId()],
        _ => [("TINYGPTV_CLUSTERING", clustering), ("TINYGPTV_MEMBERSHIP", (await postgres.GetAsync()).Connection), ClusterId()],
    };

    private static (string, string) ClusterId() => ("TINYGPTV_CLUSTER_ID", $"evaluated-{Guid.NewGuid():N}");
}
