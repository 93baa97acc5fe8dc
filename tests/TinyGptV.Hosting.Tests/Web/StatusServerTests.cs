using System.Net;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Telemetry;
using TinyGptV.Hosting.Web;

namespace TinyGptV.Hosting.Tests.Web;

public sealed class StatusServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_follows_the_phase_of_the_silo()
    {
        var health = new SiloHealth();
        using SiloTelemetry telemetry = SiloTelemetry.Start("s1", collector: null);
        await using StatusServer server = await StatusServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), health, telemetry, Token);
        using var client = new HttpClient { BaseAddress = new Uri($"http://{server.Endpoint}") };

        Assert.Equal(["startup 503 starting", "ready 503 starting", "live 200 starting"], await AskAsync(client));
        health.Enter(SiloPhase.Loading);
        Assert.Equal(["startup 503 loading", "ready 503 loading", "live 200 loading"], await AskAsync(client));
        health.Enter(SiloPhase.Ready);
        Assert.Equal(["startup 200 ready", "ready 200 ready", "live 200 ready"], await AskAsync(client));
        SiloPhase replicas = SiloPhase.Loading;
        health.Heed(() => replicas);
        Assert.Equal(["startup 200 loading", "ready 503 loading", "live 200 loading"], await AskAsync(client));
        replicas = SiloPhase.Failed;
        Assert.Equal(["startup 200 failed", "ready 503 failed", "live 200 failed"], await AskAsync(client));
        replicas = SiloPhase.Ready;
        Assert.Equal(["startup 200 ready", "ready 200 ready", "live 200 ready"], await AskAsync(client));
        health.Enter(SiloPhase.Draining);
        Assert.Equal(["startup 200 draining", "ready 503 draining", "live 200 draining"], await AskAsync(client));
        health.Enter(SiloPhase.Dead);
        Assert.Equal(["startup 200 dead", "ready 503 dead", "live 503 dead"], await AskAsync(client));
    }

    [Fact]
    public async Task Taken_port_is_reported()
    {
        using SiloTelemetry telemetry = SiloTelemetry.Start("s1", collector: null);
        await using StatusServer first = await StatusServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), new SiloHealth(), telemetry, Token);

        Assert.Contains("with --http", (await Assert.ThrowsAsync<PrerequisiteException>(
            () => StatusServer.StartAsync(first.Endpoint, new SiloHealth(), telemetry, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FatalErrors_declared_dead_says_what_to_do_and_exits_for_a_restart()
    {
        var health = new SiloHealth();
        using var error = new StringWriter();
        bool? restart = null;
        var errors = new FatalErrors("r1", health, error, declaredDead => restart = declaredDead);

        errors.OnFatalException(this, "I have been told I am dead, so this silo will stop! Reason: x", null);

        Assert.True(restart);
        Assert.Equal(SiloPhase.Dead, health.Phase);
        Assert.Contains("silo 'r1' stops: the cluster declared it dead", error.ToString(), StringComparison.Ordinal);

        errors.OnFatalException(this, "a bug", new InvalidOperationException("of some kind"));
        Assert.False(restart);
        Assert.Contains("of some kind", error.ToString(), StringComparison.Ordinal);
    }

    private static async Task<string[]> AskAsync(HttpClient client)
    {
        var answers = new List<string>();
        foreach (string check in new[] { "startup", "ready", "live" })
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"/health/{check}", UriKind.Relative), Token);
            answers.Add($"{check} {(int)response.StatusCode} {(await response.Content.ReadAsStringAsync(Token)).Trim()}");
        }
        return [.. answers];
    }
}
