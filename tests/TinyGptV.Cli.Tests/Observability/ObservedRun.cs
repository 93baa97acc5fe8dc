using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;

namespace TinyGptV.Cli.Tests.Observability;

/// <summary>
/// A run with full observation: a coordinator and two slow scripted replicas, the run in object storage, a collector for metrics and traces.
/// One replica is stopped while it is busy; at the end, the others are stopped too.
/// </summary>
public sealed partial class ObservedRun(StartedOnce<SampleContainer> storage) : IAsyncLifetime
{
    public const string Run = "observed";
    public const int Samples = 24;

    // One answer at a time. The second replica is slow compared with a signal and a health check, and the first one is busy even longer:
    // an idle replica would take over its work.
    private static readonly string[][] Replicas = [["--scripted", "300", "--batch", "1"], ["--scripted", "700", "--batch", "1"]];
    private static readonly string[] Settings = ["--run", Run, "--benchmarks", "vsr", "--limit", $"{Samples}", "--shard-size", "2"];

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    /// <summary>The responses of <c>/health/ready</c> and <c>/health/live</c> while the replica was still busy after SIGTERM.</summary>
    public ImmutableArray<(HttpStatusCode Status, string Text)> HealthOfDraining { get; private set; }

    /// <summary>The shards that this replica began, and those it finished.</summary>
    public (ImmutableArray<int> Begun, ImmutableArray<int> Finished) ShardsOfDraining { get; private set; }

    /// <summary>The exit code of this replica.</summary>
    public int ExitCodeOfDraining { get; private set; }

    /// <summary>The exit code of the client.</summary>
    public int ExitCodeOfClient { get; private set; }

    /// <summary>The <c>/metrics</c> of coordinator and replica during the run, concatenated.</summary>
    public string MetricsInMidRun { get; private set; } = "";

    /// <summary>The <c>/metrics</c> of the coordinator when the run was complete.</summary>
    public string MetricsAtTheEnd { get; private set; } = "";

    /// <summary>Everything that the collector received, including the final exports of all processes.</summary>
    internal IReadOnlyList<OtlpSpan> Spans { get; private set; } = [];

    /// <inheritdoc cref="Spans"/>
    internal IReadOnlyList<OtlpSum> Sums { get; private set; } = [];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        SampleContainer container = await storage.GetAsync();
        await using OtlpReceiver collector = await OtlpReceiver.StartAsync(Token);
        await using var cluster = await ClusterProcesses.StartAsync(
            _folder,
            [
                .. container.VariablesFor(_folder, Run), ("TINYGPTV_HTTP", "0"), ("TINYGPTV_OTLP", collector.Address),
                ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ],
            Replicas,
            Token);
        await using ProgramProcess eval = cluster.Evaluate(Settings);
        await DrainAsync(cluster);
        ExitCodeOfClient = await eval.WaitForExitAsync(Token);
        MetricsAtTheEnd = await AskAsync(cluster.Coordinator, "/metrics");
        await cluster.StopAsync(Token);
        (Spans, Sums) = (collector.Spans, collector.Sums);
        await container.DownloadAsync(Run, _folder["stored"]);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Compares the stored run with the same run in one process.</summary>
    public Task AssertStoredAsync() => RunFiles.AssertScriptedAsync(_folder, Run, Settings);

    private async Task DrainAsync(ClusterProcesses cluster)
    {
        ProgramProcess replica = cluster.SecondReplica;
        await replica.WaitForLineAsync(line => ReplicaLog.Begins.IsMatch(line), Token);
        MetricsInMidRun = await AskAsync(cluster.Coordinator, "/metrics") + await AskAsync(replica, "/metrics");
        replica.Signal("TERM");
        var ready = await HealthAsync(replica, "/health/ready");
        // The signal has been sent.
        while (ready.Status == HttpStatusCode.OK)
            ready = await HealthAsync(replica, "/health/ready");
        HealthOfDraining = [ready, await HealthAsync(replica, "/health/live")];
        ExitCodeOfDraining = await replica.WaitForExitAsync(Token);
        ShardsOfDraining = ([.. ReplicaLog.ShardsOf(ReplicaLog.Begins, replica)], [.. ReplicaLog.ShardsOf(ReplicaLog.IsDone, replica)]);
    }

    private async Task<(HttpStatusCode Status, string Text)> HealthAsync(ProgramProcess silo, string path)
    {
        using HttpResponseMessage answer = await _http.GetAsync(UriOf(silo, path), Token);
        return (answer.StatusCode, (await answer.Content.ReadAsStringAsync(Token)).Trim());
    }

    private Task<string> AskAsync(ProgramProcess silo, string path) => _http.GetStringAsync(UriOf(silo, path), Token);

    private static Uri UriOf(ProgramProcess silo, string path) => new(StatusAddress.Match(silo.Transcript).Groups[1].Value + path);

    [GeneratedRegex("Health and metrics at (http://[0-9.:]+)")]
    private static partial Regex StatusAddress { get; }
}
