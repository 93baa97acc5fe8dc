using System.Globalization;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests.Policy;

/// <summary>The rules for pods: the restricted pod security standard and our own.</summary>
internal static class PodPolicy
{
    /// <summary>The time that the program needs after its grace period to leave the cluster and end.</summary>
    private const int SecondsToLeave = 15;

    private static readonly string[] Resources = ["cpu", "memory", "ephemeral-storage"];
    private static readonly string[] HealthPaths = ["/health/startup", "/health/live", "/health/ready"];
    private static readonly string[] SecretWords = ["MEMBERSHIP", "PASSWORD", "SECRET", "TOKEN", "CONNECTION", "ACCOUNT_KEY"];

    /// <returns>One sentence per broken rule.</returns>
    public static IEnumerable<string> Violations(RenderedManifests manifests) => manifests.Workloads.SelectMany(workload =>
        OfPod(workload)
            .Concat(workload.Containers.SelectMany(container =>
                OfContainer(workload, container, manifests).Select(what => $"container {container.Name} {what}")))
            .Select(what => $"{workload}: {what}"));

    private static IEnumerable<string> OfPod(Workload workload)
    {
        V1PodSpec pod = workload.Pod;
        if (pod.AutomountServiceAccountToken is not false)
            yield return "mounts a token of the Kubernetes API";
        if (pod.EnableServiceLinks is not false)
            yield return "gets a variable for every service, some of which would look like options";
        if (string.IsNullOrEmpty(pod.ServiceAccountName))
            yield return "has no account of its own";
        if (pod.HostNetwork is true || pod.HostPID is true || pod.HostIPC is true)
            yield return "shares a namespace with the node";
        if ((pod.Volumes ?? []).Any(volume => volume.HostPath is not null))
            yield return "mounts a folder of the node";
        foreach (V1Volume volume in (pod.Volumes ?? []).Where(volume => volume.EmptyDir is { SizeLimit: null }))
            yield return $"has an unbounded volume '{volume.Name}'";
        foreach (string what in Security(pod.SecurityContext))
            yield return what;
        if (workload.IsService && pod.TerminationGracePeriodSeconds < GraceOf(workload) + SecondsToLeave)
            yield return $"is killed {pod.TerminationGracePeriodSeconds} s after SIGTERM, but its own grace period is {GraceOf(workload)} s "
                + $"and it needs {SecondsToLeave} s more";
        if (pod.Containers.Any(container => Limit(container, "nvidia.com/gpu") is not null))
            foreach (string what in OnGpuNodes(pod))
                yield return what;
    }

    private static IEnumerable<string> Security(V1PodSecurityContext? security)
    {
        if (security is null)
            yield return "has no security context";
        if (security?.RunAsNonRoot is not true)
            yield return "may run as root";
        if (security?.RunAsUser is null or 0)
            yield return "names no user by number";
        if (security?.RunAsGroup is null or 0)
            yield return "names no group by number";
        if (security?.SeccompProfile?.Type != "RuntimeDefault")
            yield return "has no seccomp profile";
    }

    private static IEnumerable<string> OnGpuNodes(V1PodSpec pod)
    {
        if (!(pod.NodeSelector ?? new Dictionary<string, string>()).ContainsKey("kubernetes.azure.com/accelerator"))
            yield return "asks for a GPU but not for a node that has one";
        if (!(pod.Tolerations ?? []).Any(toleration => toleration.Key == "nvidia.com/gpu"))
            yield return "asks for a GPU but does not tolerate the taint of GPU nodes";
    }

    private static IEnumerable<string> OfContainer(Workload workload, V1Container container, RenderedManifests manifests) =>
    [
        .. ImageOf(container), .. SecurityOf(container.SecurityContext), .. ResourcesOf(container), .. workload.IsService ? ProbesOf(container) : [],
        .. VariablesOf(container), .. FoldersOf(workload, container, manifests),
    ];

    private static IEnumerable<string> ImageOf(V1Container container)
    {
        string last = container.Image.Split('/')[^1];
        bool hasTag = last.Contains(':', StringComparison.Ordinal) && !last.EndsWith(":latest", StringComparison.Ordinal);
        if (!container.Image.Contains('@', StringComparison.Ordinal) && !hasTag)
            yield return $"has no pinned image but '{container.Image}'";
        if (container.ImagePullPolicy != "IfNotPresent")
            yield return "asks the registry at every start, though its tag never moves";
        if (container.Command is not { Count: > 0 })
            yield return "leaves its command to the image";
    }

    private static IEnumerable<string> SecurityOf(V1SecurityContext? security)
    {
        if (security?.AllowPrivilegeEscalation is not false)
            yield return "may gain privileges";
        if (security?.Privileged is true)
            yield return "is privileged";
        if (security?.ReadOnlyRootFilesystem is not true)
            yield return "may write to its image";
        if (security?.Capabilities?.Drop?.Contains("ALL") is not true || security.Capabilities.Add is { Count: > 0 })
            yield return "keeps capabilities";
    }

    private static IEnumerable<string> ResourcesOf(V1Container container)
    {
        foreach (string resource in Resources)
        {
            if (Request(container, resource) is not { } request)
                yield return $"requests no {resource}";
            else if (Limit(container, resource) is not { } limit)
                yield return $"has no limit of {resource}";
            else if (request > limit)
                yield return $"requests more {resource} than its limit";
        }
        if (Request(container, "nvidia.com/gpu") != Limit(container, "nvidia.com/gpu"))
            yield return "requests another number of GPUs than its limit, which is impossible";
    }

    private static IEnumerable<string> ProbesOf(V1Container container)
    {
        (string Name, V1Probe? Probe)[] probes =
            [("startup", container.StartupProbe), ("liveness", container.LivenessProbe), ("readiness", container.ReadinessProbe)];
        foreach ((string name, V1Probe? probe) in probes)
        {
            IntOrString? port = probe?.HttpGet?.Port ?? probe?.TcpSocket?.Port;
            if (port is null)
                yield return $"has no {name} probe";
            else if (!HasPort(container, port))
                yield return $"has a {name} probe on port '{port}', which it does not have";
            if (probe?.HttpGet is { } http && !HealthPaths.Contains(http.Path))
                yield return $"has a {name} probe that asks for '{http.Path}', which the program does not serve";
        }
    }

    private static IEnumerable<string> VariablesOf(V1Container container)
    {
        string[] names = [.. (container.Env ?? []).Select(variable => variable.Name)];
        foreach (string name in names.Where(one => names.Count(other => other == one) > 1).Distinct())
            yield return $"sets {name} twice";
        foreach (V1EnvVar variable in container.Env ?? [])
        {
            if (variable.Value is null == variable.ValueFrom is null)
                yield return $"sets {variable.Name} to nothing";
            if (IsSecret(variable.Name) && variable.ValueFrom?.SecretKeyRef is null)
                yield return $"sets {variable.Name} in plain text";
        }
    }

    /// <summary>The file system is read-only, so /tmp and every folder that the program writes to must be volumes.</summary>
    private static IEnumerable<string> FoldersOf(Workload workload, V1Container container, RenderedManifests manifests)
    {
        string[] mounts = [.. (container.VolumeMounts ?? []).Select(mount => mount.MountPath)];
        string[] volumes = [.. (workload.Pod.Volumes ?? []).Select(volume => volume.Name), .. workload.Claims.Select(claim => claim.Metadata.Name)];
        foreach (V1VolumeMount mount in (container.VolumeMounts ?? []).Where(mount => !volumes.Contains(mount.Name)))
            yield return $"mounts '{mount.Name}', which the pod does not have";
        if (IsProgram(container) && !mounts.Contains("/tmp"))
            yield return "has no /tmp";
        if (!IsProgram(container) || !workload.IsService)
            yield break;
        string[] unused = workload.Component == "replica" ? ["TINYGPTV_RUNS"] : [];
        foreach (V1EnvVar variable in workload.EnvironmentOf(container, manifests))
            if (variable.Value is ['/', ..] && !unused.Contains(variable.Name)
                && !mounts.Any(mount => variable.Value == mount || variable.Value.StartsWith(mount + "/", StringComparison.Ordinal)))
                yield return $"is told to use {variable.Value} by {variable.Name}, where no volume is";
    }

    public static bool IsSecret(string name) => SecretWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));

    public static bool IsProgram(V1Container container) => container.Command is ["tinygptv"];

    public static bool HasPort(V1Container container, IntOrString port) => (container.Ports ?? []).Any(one =>
        one.Name == port.Value || one.ContainerPort.ToString(CultureInfo.InvariantCulture) == port.Value);

    private static int GraceOf(Workload workload) => workload.Pod.Containers.SelectMany(container => container.Env ?? [])
        .Where(variable => variable.Name == "TINYGPTV_GRACE").Select(variable => int.Parse(variable.Value, CultureInfo.InvariantCulture)).FirstOrDefault();

    private static decimal? Request(V1Container container, string resource) => Quantity(container.Resources?.Requests, resource);

    private static decimal? Limit(V1Container container, string resource) => Quantity(container.Resources?.Limits, resource);

    private static decimal? Quantity(IDictionary<string, ResourceQuantity>? quantities, string resource) =>
        quantities is not null && quantities.TryGetValue(resource, out ResourceQuantity? quantity) ? quantity.ToDecimal() : null;
}
