using System.Net;
using System.Security.Cryptography;
using TinyGptV.Cli.Verbs;
using TinyGptV.Kubernetes.Tests.Manifests;
using TinyGptV.Kubernetes.Tests.Processes;
using k8s.Models;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>Runs the overlay `local`: Redis, two coordinators, two replicas and an evaluation job, with the manifests' commands and environments.</summary>
public sealed class LocalClusterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Pods_of_the_local_overlay_evaluate_the_samples_to_a_report()
    {
        RenderedManifests manifests = RenderedManifests.Render("local");
        string network = $"127.{RandomNumberGenerator.GetInt32(1, 255)}.{RandomNumberGenerator.GetInt32(255)}";
        string password = RandomNumberGenerator.GetHexString(32);
        await using var node = new Node(manifests, _folder, new()
        {
            // The secret as in README.md, with an address instead of a name.
            ["connection"] = $"{network}.2:6379,password={password}",
            ["redis.conf"] = $"requirepass {password}\nbind {network}.2\n",
        });

        Pod redis = node.Start(manifests.WorkloadOf("membership"), $"{network}.2");
        await redis.Process.WaitForLineAsync(line => line.Contains("Ready to accept connections", StringComparison.Ordinal), Token);
        Pod[] silos =
        [
            .. Enumerable.Range(10, manifests.The<V1Deployment>("coordinator").Spec.Replicas!.Value)
                .Select(host => node.Start(manifests.WorkloadOf("coordinator"), $"{network}.{host}")),
            .. Enumerable.Range(20, 2)
                .Select(host => node.Start(manifests.WorkloadOf("replica"), $"{network}.{host}")),
        ];
        foreach (Pod silo in silos)
            await AssertReadyAsync(silo);

        Pod job = node.Start(manifests.WorkloadOf("evaluation"), $"{network}.30", ("TINYGPTV_LIMIT", "8"), ("TINYGPTV_RUN", "first"));
        Assert.True(await job.Process.WaitForExitAsync(Token) == ExitCode.Success, job.Process.Transcript);

        Assert.Contains("vsr", job.Process.Output, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(Directory.EnumerateFileSystemEntries(job.Mounts["/tmp"]));
        foreach (string file in new[] { "manifest.json", "report.csv", "report.md", "predictions.csv" })
            Assert.True(File.Exists(_folder["claims", "runs", "first", file]), file);
        Assert.Equal(24 + 1, File.ReadLines(_folder["claims", "runs", "first", "predictions.csv"]).Count());
        foreach (string[] command in new[] { new[] { "runs" }, ["report", "first", "--mode", "official"] })
        {
            await using ProgramProcess executed = Node.Execute(silos[0], "tinygptv", command);
            Assert.True(await executed.WaitForExitAsync(Token) == ExitCode.Success, executed.Transcript);
            Assert.Contains("first", executed.Output, StringComparison.Ordinal);
        }
        await using ProgramProcess fetched = Node.Execute(silos[0], "tinygptv", "report", "first", "--output", "-", "--file", "predictions.csv");
        Assert.True(await fetched.WaitForExitAsync(Token) == ExitCode.Success, fetched.Transcript);
        Assert.Equal(await File.ReadAllTextAsync(_folder["claims", "runs", "first", "predictions.csv"], Token), fetched.Output.TrimEnd() + "\n");
        Pod mistake = node.Start(manifests.WorkloadOf("evaluation"), $"{network}.31", ("TINYGPTV_BENCHMARKS", "vsrr"), ("TINYGPTV_RUN", "second"));
        V1Job template = new() { Spec = manifests.The<V1CronJob>("evaluation").Spec.JobTemplate.Spec };
        Assert.Equal("FailJob", ActionOn(await mistake.Process.WaitForExitAsync(Token), template));
        // The run is on one of the coordinators, which has counted it.
        string[] metrics = await Task.WhenAll(silos.Select(silo => silo.MetricsAsync(_http, Token)));
        Assert.All(metrics, text => Assert.Contains("orleans_", text, StringComparison.Ordinal));
        Assert.Single(metrics, text => text.Contains("tinygptv_shards_completed", StringComparison.Ordinal));

        foreach (Pod silo in silos.Reverse())
            Assert.True(await silo.StopAsync(Token) == ExitCode.Success, silo.Process.Transcript);
        Pod alone = node.Start(manifests.WorkloadOf("evaluation"), $"{network}.32", ("TINYGPTV_WAIT", "1"));
        Assert.Null(ActionOn(await alone.Process.WaitForExitAsync(Token), template)); // nothing answers: retried
        Assert.All(silos.Append(job), pod => Assert.DoesNotContain(password, pod.Process.Transcript, StringComparison.Ordinal));
    }

    /// <summary>What the failure policy of the job says about an exit code; null if the job is retried.</summary>
    private static string? ActionOn(int exitCode, V1Job job)
    {
        Assert.NotEqual(ExitCode.Success, exitCode);
        return job.Spec.PodFailurePolicy.Rules
            .FirstOrDefault(rule => rule.OnExitCodes is { OperatorProperty: "In" } codes && codes.Values.Contains(exitCode))?.Action;
    }

    private async Task AssertReadyAsync(Pod silo)
    {
        await silo.Process.WaitForLineAsync(line => line.StartsWith($"{silo.Workload.Component} '{silo.Name}' is ready: ", StringComparison.Ordinal), Token);
        V1Container container = silo.Workload.Container;
        foreach (V1Probe probe in new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe })
            Assert.Equal(HttpStatusCode.OK, await silo.AskAsync(_http, probe, Token));
    }
}
