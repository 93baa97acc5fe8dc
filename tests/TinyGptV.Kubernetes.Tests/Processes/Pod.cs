using System.Diagnostics;
using System.Net;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests.Processes;

/// <summary>A pod that runs as a process.</summary>
/// <param name="Name">Its name, as in the downward API.</param>
/// <param name="Address">Its address.</param>
/// <param name="Workload">Its workload.</param>
/// <param name="Start">How it was started.</param>
/// <param name="Process">The process of its only container.</param>
/// <param name="Mounts">The folders for its mounted paths.</param>
internal sealed record Pod(
    string Name, string Address, Workload Workload, ProcessStartInfo Start, ProgramProcess Process, IReadOnlyDictionary<string, string> Mounts)
{
    /// <summary>Runs a probe, like the kubelet.</summary>
    public Task<HttpStatusCode> AskAsync(HttpClient http, V1Probe probe, CancellationToken cancellationToken) =>
        StatusAsync(http, $"{probe.HttpGet.Path}", PortOf(probe.HttpGet.Port), cancellationToken);

    /// <summary>Reads the metrics from the address in the annotations.</summary>
    public Task<string> MetricsAsync(HttpClient http, CancellationToken cancellationToken) => http.GetStringAsync(
        new Uri($"http://{Address}:{Workload.Annotations!["prometheus.io/port"]}{Workload.Annotations["prometheus.io/path"]}"), cancellationToken);

    /// <summary>Sends SIGTERM and waits for the grace period of the pod; fails if the process needs longer.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        Process.Signal("TERM");
        return await Process.WaitForExitAsync(cancellationToken).WaitAsync(
            TimeSpan.FromSeconds(Workload.Pod.TerminationGracePeriodSeconds!.Value), cancellationToken);
    }

    private int PortOf(IntOrString port) => Workload.Container.Ports.Single(one => one.Name == port.Value).ContainerPort;

    private async Task<HttpStatusCode> StatusAsync(HttpClient http, string path, int port, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri($"http://{Address}:{port}{path}"), cancellationToken);
        return response.StatusCode;
    }
}
