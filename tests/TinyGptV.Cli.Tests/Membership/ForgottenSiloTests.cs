using System.Net.Sockets;
using System.Text;
using Npgsql;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Membership;

/// <summary>The membership store loses its content while a run is in progress.</summary>
public sealed class ForgottenSiloTests : IDisposable
{
    private static readonly string[] Settings = ["--run", "forgotten", "--benchmarks", "vsr", "--limit", "24", "--shard-size", "2"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Redis_that_was_flushed_makes_all_silos_leave_and_the_next_cluster_continues_the_run()
    {
        await using var redis = new RedisServer();
        await redis.InitializeAsync();
        await AssertForgottenAsync("redis", redis.Connection, "Redis at", () => FlushAsync(redis));
    }

    [Fact]
    public async Task PostgreSQL_that_was_truncated_makes_all_silos_leave_and_the_next_cluster_continues_the_run()
    {
        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        await AssertForgottenAsync("postgres", postgres.Connection, "PostgreSQL at", () => TruncateAsync(postgres));
    }

    private async Task AssertForgottenAsync(string clustering, string connection, string place, Func<Task> empty)
    {
        (string, string)[] variables = [("TINYGPTV_CLUSTERING", clustering), ("TINYGPTV_MEMBERSHIP", connection), ("TINYGPTV_RUNS", _folder["stored"])];
        await using (ClusterProcesses cluster = await ClusterProcesses.StartAsync(_folder, variables, [["--scripted", "500", "--batch", "1"]], Token))
        {
            await using ProgramProcess eval = cluster.Evaluate([.. Settings, "--wait", "1"]);
            await eval.WaitForLineAsync(line => line.Contains("vsr ", StringComparison.Ordinal), Token);
            await empty();
            foreach (ProgramProcess silo in cluster.Silos)
            {
                Assert.True(await silo.WaitForExitAsync(Token) == ExitCode.DeclaredDead, silo.Transcript);
                Assert.Contains($"stops: the membership store, {place}", silo.Transcript, StringComparison.Ordinal);
                Assert.Contains("has forgotten it", silo.Transcript, StringComparison.Ordinal);
            }
        }

        await using ClusterProcesses next = await ClusterProcesses.StartAsync(_folder, variables, [["--scripted", "0", "--batch", "1"]], Token);
        await using ProgramProcess again = next.Evaluate(Settings);
        Assert.True(await again.WaitForExitAsync(Token) == ExitCode.Success, again.Transcript);
        await RunFiles.AssertScriptedAsync(_folder, "forgotten", Settings);
    }

    private static async Task FlushAsync(RedisServer redis)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", redis.Port, Token);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"AUTH {RedisServer.Password}\r\nFLUSHALL\r\nQUIT\r\n"), Token);
        using var answers = new StreamReader(client.GetStream());
        Assert.Equal("+OK +OK +OK", (await answers.ReadToEndAsync(Token)).Trim().ReplaceLineEndings(" "));
    }

    private static async Task TruncateAsync(PostgresServer postgres)
    {
        await using var connection = new NpgsqlConnection(postgres.Connection);
        await connection.OpenAsync(Token);
        await using var command = new NpgsqlCommand("TRUNCATE tinygptv.cluster, tinygptv.silo", connection);
        await command.ExecuteNonQueryAsync(Token);
    }
}
