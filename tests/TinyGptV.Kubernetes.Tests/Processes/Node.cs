using System.Diagnostics;
using TinyGptV.Kubernetes.Tests.Manifests;
using k8s.Models;

namespace TinyGptV.Kubernetes.Tests.Processes;

/// <summary>
/// Runs pods as plain processes on this machine, with the command, arguments and environment of the rendered manifests and nothing from the
/// test's own environment. Every pod has its own loopback address, so that it can use the ports of the manifests. The differences from real
/// pods: mounted paths are folders in one temporary folder, "all addresses" is the pod's address, and the secrets are given here.
/// </summary>
/// <param name="manifests">The manifests to run.</param>
/// <param name="folder">The folder for volumes.</param>
/// <param name="secrets">The entries of the secret `membership`.</param>
internal sealed class Node(RenderedManifests manifests, TemporaryFolder folder, Dictionary<string, string> secrets) : IAsyncDisposable
{
    private readonly List<Pod> _pods = [];

    /// <summary>Starts one pod of a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="address">The pod's address.</param>
    /// <param name="more">Environment variables that a user adds to the template.</param>
    public Pod Start(Workload workload, string address, params (string Name, string Value)[] more)
    {
        string name = $"{workload.Name}-{_pods.Count}";
        V1Container container = workload.Container;
        Dictionary<string, string> mounts = Mount(workload, container, name);
        var start = new ProcessStartInfo(Program(container.Command[0]), container.Command.Skip(1).Concat(container.Args).Select(Local))
        {
            WorkingDirectory = mounts.GetValueOrDefault("/tmp", folder.Path),
        };
        start.Environment.Clear();
        foreach ((string variable, string value) in Environment(workload, container, name, address))
            start.Environment[variable] = Local(value);
        foreach ((string variable, string value) in more)
            start.Environment[variable] = value;
        if (mounts.TryGetValue("/tmp", out string? temporary))
            start.Environment["TMPDIR"] = temporary;

        var pod = new Pod(name, address, workload, start, ProgramProcess.Start(start), mounts);
        _pods.Add(pod);
        return pod;

        string Local(string value)
        {
            if (value.StartsWith("0.0.0.0", StringComparison.Ordinal))
                return address + value["0.0.0.0".Length..];
            string? mount = mounts.Keys.FirstOrDefault(path => value == path || value.StartsWith(path + "/", StringComparison.Ordinal));
            return mount is null ? value : mounts[mount] + value[mount.Length..];
        }
    }

    /// <summary>Like <c>kubectl exec</c>: another process with the pod's environment and volumes.</summary>
    public static ProgramProcess Execute(Pod pod, string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program(command), arguments) { WorkingDirectory = pod.Start.WorkingDirectory };
        start.Environment.Clear();
        foreach ((string variable, string? value) in pod.Start.Environment)
            start.Environment[variable] = value;
        return ProgramProcess.Start(start);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Pod pod in _pods)
            await pod.Process.DisposeAsync();
    }

    private Dictionary<string, string> Mount(Workload workload, V1Container container, string pod)
    {
        var mounts = new Dictionary<string, string>();
        foreach (V1VolumeMount mount in container.VolumeMounts)
        {
            V1Volume? volume = (workload.Pod.Volumes ?? []).SingleOrDefault(one => one.Name == mount.Name);
            // All pods that mount a claim share its folder; other volumes belong to one pod.
            string path = volume?.PersistentVolumeClaim is { } claim ? folder["claims", claim.ClaimName] : folder["pods", pod, mount.Name];
            Directory.CreateDirectory(path);
            foreach (V1KeyToPath item in volume?.Secret?.Items ?? [])
                File.WriteAllText(Path.Combine(path, item.Path), secrets[item.Key]);
            mounts.Add(mount.MountPath, path);
        }
        return mounts;
    }

    private IEnumerable<(string Name, string Value)> Environment(Workload workload, V1Container container, string name, string address)
    {
        // A pod has only the environment of its image. Processes here also need the location of the .NET runtime, which the image contains.
        foreach (string inherited in new[] { "PATH", "DOTNET_ROOT" })
            if (System.Environment.GetEnvironmentVariable(inherited) is { } value)
                yield return (inherited, value);
        yield return ("HOME", "/home/app");
        foreach ((string variable, string value) in ImageFile.Read("cpu").Environment)
            if (variable != "PATH")
                yield return (variable, value);
        foreach (V1EnvVar variable in workload.EnvironmentOf(container, manifests))
            yield return (variable.Name, ValueOf(variable, container, name, address));
    }

    private string ValueOf(V1EnvVar variable, V1Container container, string name, string address) => variable switch
    {
        { Value: { } value } => value,
        { ValueFrom.SecretKeyRef: { Name: "membership" } secret } => secrets[secret.Key],
        { ValueFrom.FieldRef.FieldPath: "metadata.name" } => name,
        { ValueFrom.FieldRef.FieldPath: "status.podIP" } => address,
        { ValueFrom.ResourceFieldRef.Resource: "limits.cpu" } => $"{decimal.Ceiling(container.Resources.Limits["cpu"].ToDecimal()):0}",
        _ => throw new NotSupportedException($"{variable.Name} comes from where this test knows nothing of."),
    };

    /// <summary>The program of the image, or a tool that must be installed.</summary>
    private static string Program(string command) =>
        Path.Combine(AppContext.BaseDirectory, command) is var built && File.Exists(built) ? built : ServerProgram.Find(command, command);
}
