using System.Globalization;
using System.Text.RegularExpressions;

namespace TinyGptV.Cli.Tests.Membership;

/// <summary>The whole evaluation on every store of members: processes of their own, real servers, the shipped model.</summary>
public sealed partial class MembershipTests(Shared<OneProcessRun> oneProcess, Shared<RedisServer> redis, Shared<PostgresServer> postgres) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("redis")]
    [InlineData("postgres")]
    public async Task Cluster_that_meets_in_a_store_makes_the_predictions_and_reports_of_one_process(string clustering)
    {
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(_folder, await VariablesOfAsync(clustering), ["--threads", "1"], Token);
        using var status = new HttpClient { BaseAddress = new Uri(StatusAddress.Match(cluster.Coordinator.Transcript).Groups[1].Value) };
        Assert.Equal("ready\n", await status.GetStringAsync(new Uri("/health/ready", UriKind.Relative), Token));
        await using ProgramProcess eval = cluster.Evaluate([.. OneProcessRun.Settings, "--verbose"]);

        Assert.True(await eval.WaitForExitAsync(Token) == ExitCode.Success, eval.Transcript);

        (await oneProcess.GetAsync()).AssertEqual(_folder["runs"]);
        string metrics = await status.GetStringAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(72, SamplesCounted.Matches(metrics).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.Contains("orleans_", metrics, StringComparison.Ordinal);
        await cluster.StopAsync(Token);
        Assert.All([eval, .. cluster.Silos], process => Assert.DoesNotContain("swordfish", process.Transcript, StringComparison.Ordinal));
        Assert.All(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories), file => Assert.DoesNotContain("swordfish", File.ReadAllText(file), StringComparison.Ordinal));
    }

    private async Task<(string, string)[]> VariablesOfAsync(string clustering) =>
    [
        ("TINYGPTV_CLUSTERING", clustering),
        ("TINYGPTV_MEMBERSHIP", clustering == "redis" ? (await redis.GetAsync()).Connection : (await postgres.GetAsync()).Connection),
        ("TINYGPTV_CLUSTER_ID", "evaluated"),
        ("TINYGPTV_HTTP", "0"),
    ];

    [GeneratedRegex("Health and metrics at (http://[0-9.:]+)")]
    private static partial Regex StatusAddress { get; }

    [GeneratedRegex(@"^tinygptv_samples_total\{.*benchmark=.*\} (\d+)", RegexOptions.Multiline)]
    private static partial Regex SamplesCounted { get; }
}
