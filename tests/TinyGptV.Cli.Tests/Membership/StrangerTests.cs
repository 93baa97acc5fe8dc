using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests.Membership;

/// <summary>With TLS, a process without a certificate of the cluster's authority cannot connect, even if it can access the membership store.</summary>
public sealed class StrangerTests(StartedOnce<RedisServer> redis) : IDisposable
{
    private static readonly string[] Scripted = ["--scripted", "0"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stranger_can_neither_call_a_grain_nor_join()
    {
        string[] certificates = TestCertificates.Write(_folder, "cluster"), strange = TestCertificates.Write(_folder, "stranger");
        (string, string)[] variables =
            [("TINYGPTV_CLUSTERING", "redis"), ("TINYGPTV_MEMBERSHIP", (await redis.GetAsync()).Connection), ("TINYGPTV_CLUSTER_ID", "closed")];
        await using ClusterProcesses cluster = await ClusterProcesses.StartAsync(
            _folder, [.. variables, .. Variables(certificates)], [Scripted, Scripted], Token);

        // With certificates of the authority, everything works.
        await using ProgramProcess member = cluster.Evaluate("--limit", "4");
        Assert.True(await member.WaitForExitAsync(Token) == ExitCode.Success, member.Transcript);

        // Clients without a certificate or with a self-made one reach no grain.
        foreach (string[] options in (string[][])[[], strange])
        {
            await using ProgramProcess stranger = ProgramProcess.Start(_folder.Path, variables, ["eval", "--limit", "4", "--wait", "1", .. options]);
            Assert.True(await stranger.WaitForExitAsync(Token) == ExitCode.Unavailable, stranger.Transcript);
            Assert.Contains("No cluster answers", stranger.Transcript, StringComparison.Ordinal);
        }

        // Neither does a silo: it enters itself into the store, cannot connect to the others, and they declare it dead.
        ProgramProcess[] silos = [.. ((string[][])[[], strange]).Select((options, number) => ProgramProcess.Start(
            _folder.Path, variables, ["silo", "--role", "replica", "--name", $"stranger{number}", "--silo-port", "0", .. Scripted, .. options]))];
        foreach (ProgramProcess stranger in silos)
        {
            Assert.True(await stranger.WaitForExitAsync(Token) == ExitCode.DeclaredDead, stranger.Transcript);
            Assert.DoesNotContain("is ready", stranger.Output, StringComparison.Ordinal);
            await stranger.DisposeAsync();
        }

        // The cluster still works.
        await using ProgramProcess again = cluster.Evaluate("--limit", "3");
        Assert.True(await again.WaitForExitAsync(Token) == ExitCode.Success, again.Transcript);
    }

    private static IEnumerable<(string, string)> Variables(string[] options) =>
        options.Chunk(2).Select(pair => ("TINYGPTV_" + pair[0][2..].Replace('-', '_').ToUpperInvariant(), pair[1]));
}
