using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using TinyGptV.Cli.Tests.Commands;
using TinyGptV.Cli.Verbs;

namespace TinyGptV.Cli.Tests;

/// <summary>Replicas as users run them: two models in one process load another checkpoint without a restart.</summary>
public sealed partial class ReplicaSwitchingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly InProcess _client;
    private readonly StartedOnce<SampleContainer> _storage;

    public ReplicaSwitchingTests(StartedOnce<SampleContainer> storage) => (_client, _storage) = (new InProcess(_folder), storage);

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replicas_of_one_process_get_another_checkpoint_and_the_next_run_is_of_that()
    {
        SampleContainer container = await _storage.GetAsync();
        string stored = container.ModelAt();
        await RunAsync("checkpoint", "convert", Path.Combine(AppContext.BaseDirectory, "DemonstrationModel"), "--output", "{folder}/converted");
        await using ProgramProcess coordinator = ProgramProcess.Start(
            _folder.Path, "silo", "--role", "coordinator", "--name", "c1", "--silo-port", "0", "--gateway-port", "0", "--runs", "runs", "--http", "0");
        Uri metrics = new(new Uri(Status.Match(await coordinator.WaitForLineAsync(Status.IsMatch, Token)).Value), "/metrics");
        Match addresses = Addresses.Match(await coordinator.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), Token));
        string[] cluster = ["--cluster", addresses.Groups["gateway"].Value];
        // Named by its process id, so that the list of replicas shows whether it is still the same process.
        await using ProgramProcess replica = ProgramProcess.Start(
            _folder.Path, container.VariablesForModels(_folder),
            ["silo", "--role", "replica", "--device", "cpu,cpu", "--threads", "1", "--primary", addresses.Groups["silo"].Value, "--http", "0"]);
        Uri status = new(Status.Match(await replica.WaitForLineAsync(Status.IsMatch, Token)).Value);
        string ready = await replica.WaitForLineAsync(line => line.Contains("is ready: ", StringComparison.Ordinal), Token);
        string silo = string.Create(CultureInfo.InvariantCulture, $"replica-{replica.Id}");
        Assert.Contains($" as {silo}-1, {silo}-2, ", ready, StringComparison.Ordinal);

        await RunAsync(["eval", "--run", "first", "--limit", "6", "--shard-size", "2", .. cluster]);
        await RunAsync(["replicas", "load", "converted", "--replica", $"{silo}-1", "--replica", $"{silo}-2", .. cluster]);
        await RunAsync(["eval", "--run", "second", "--limit", "6", "--shard-size", "2", .. cluster]);
        string repeated = await RunAsync(["replicas", "load", "converted", .. cluster]);
        await RunAsync(["replicas", "load", stored, "--replica", $"{silo}-2", .. cluster]);
        var (exitCode, failed, _) = await _client.RunAsync(["replicas", "load", "runs", "--replica", $"{silo}-2", .. cluster]);
        var (unknownCode, _, unknown) = await _client.RunAsync(["replicas", "load", "converted", "--replica", "nobody", .. cluster]);
        JsonElement[] replicas = [.. JsonDocument.Parse(await RunAsync(["replicas", "list", "--format", "json", .. cluster])).RootElement.EnumerateArray()];
        string table = await RunAsync(["replicas", .. cluster]);

        JsonElement before = ManifestOf("first").GetProperty("model"), after = ManifestOf("second").GetProperty("model");
        Assert.Equal("converted", after.GetProperty("name").GetString());
        Assert.NotEqual(before.GetProperty("digest").GetString(), after.GetProperty("digest").GetString());
        Assert.Equal(2, JsonDocument.Parse(File.ReadAllText(_folder["runs", "second", "timings.json"])).RootElement.GetProperty("replicas").GetInt32());
        // The same weights, in different files.
        Assert.Equal(AnswersOf("first"), AnswersOf("second"));
        Assert.Equal($"{silo}-1: already has it\n{silo}-2: already has it\n", repeated);
        Assert.Equal(ExitCode.UserMustAct, exitCode);
        Assert.Contains(
            $"{silo}-2: failed. Could not load '{_folder["runs"]}': runs: not a complete TinyGPT-V model.", failed, StringComparison.Ordinal);
        Assert.EndsWith($"The replica is back on '{stored}'.\n", failed, StringComparison.Ordinal);
        Assert.Equal(
            (ExitCode.UserMustAct, $"There is no replica 'nobody'. The cluster has {silo}-1, {silo}-2; see 'tinygptv replicas'.\n"),
            (unknownCode, unknown));
        Assert.Equal([$"{silo}-1", $"{silo}-2"], replicas.Select(one => one.GetProperty("replica").GetString()));
        Assert.All(replicas, one => Assert.Equal(
            (silo, "ready"), (one.GetProperty("silo").GetString(), one.GetProperty("phase").GetString())));
        Assert.Equal(
            [after.GetProperty("digest").GetString(), before.GetProperty("digest").GetString()],
            replicas.Select(one => one.GetProperty("model").GetProperty("digest").GetString()));
        Assert.Contains(after.GetProperty("digest").GetString()![..12], table, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(new Uri(status, "/health/ready")));
        string measured = await ReadAsync(metrics);
        Assert.Contains($"tinygptv_replica_circuit{{otel_scope_name=\"TinyGptV.Cluster\",replica=\"{silo}-1\"}} 0", measured, StringComparison.Ordinal);
        Assert.Contains($"pipeline_instance=\"{silo}-2\",pipeline_name=\"replica\"", measured, StringComparison.Ordinal);
        replica.Signal("TERM");
        Assert.True(await replica.WaitForExitAsync(Token) == ExitCode.Success, replica.Transcript);
        Assert.DoesNotContain(container.Key, replica.Transcript, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"silo (?<silo>\S+), gateway (?<gateway>\S+), ")]
    private static partial Regex Addresses { get; }

    [GeneratedRegex(@"http://\S+")]
    private static partial Regex Status { get; }

    private static async Task<string> ReadAsync(Uri uri)
    {
        using var client = new HttpClient();
        return await client.GetStringAsync(uri, Token);
    }

    private static async Task<HttpStatusCode> AskAsync(Uri uri)
    {
        using var client = new HttpClient();
        using HttpResponseMessage response = await client.GetAsync(uri, Token);
        return response.StatusCode;
    }

    /// <returns>The standard output of a client.</returns>
    private async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await _client.RunAsync(arguments);
        Assert.True(exitCode == ExitCode.Success, output + error);
        return output;
    }

    private JsonElement ManifestOf(string run) => JsonDocument.Parse(File.ReadAllText(_folder["runs", run, "manifest.json"])).RootElement;

    private string[] AnswersOf(string run) =>
        [.. Directory.GetFiles(_folder["runs", run, "predictions"], "shard-*.jsonl").SelectMany(File.ReadAllLines).Order(StringComparer.Ordinal)];
}
