using System.Diagnostics;
using System.Net;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests.Processes;

/// <summary>One pod that runs as a process.</summary>
/// <param name="Name">Its name, as the downward API tells it.</param>
/// <param name="Address">Its address.</param>
/// <param name="Workload">What it is one of.</param>
/// <param name="Start">How it was started.</param>
/// <param name="Process">The process of its only container.</param>
/// <param name="Mounts">The folders that stand for its mounted paths.</param>
internal sealed record Pod(
    string Name, string Address, Workload Workload, ProcessStartInfo Start, ProgramProcess Process, IReadOnlyDictionary<string, string> Mounts)
{
    /// <summary>Asks as the kubelet does.</summary>
    public Task<HttpStatusCode> AskAsync(HttpClient http, V1Probe probe, CancellationToken cancellationToken) =>
        StatusAsync(http, $"{probe.HttpGet.Path}", PortOf(probe.HttpGet.Port), cancellationToken);

    /// <summary>Reads the metrics where the annotations say that they are.</summary>
    public Task<string> MetricsAsync(HttpClient http, CancellationToken cancellationToken) => http.GetStringAsync(
        new Uri($"http://{Address}:{Workload.Annotations!["prometheus.io/port"]}{Workload.Annotations["prometheus.io/path"]}"), cancellationToken);

    /// <summary>SIGTERM, then the grace period of the pod; whoever needs longer would be killed.</summary>
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
