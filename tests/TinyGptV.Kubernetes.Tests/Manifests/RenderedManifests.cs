using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>The manifests that <c>kubectl apply -k</c> would send, as text and as typed objects.</summary>
internal sealed class RenderedManifests
{
    public static readonly ImmutableArray<string> Overlays = ["local", "gpu-azure"];

    private RenderedManifests(string text, ImmutableArray<IKubernetesObject<V1ObjectMeta>> objects) => (Text, Objects) = (text, objects);

    public string Text { get; }

    public ImmutableArray<IKubernetesObject<V1ObjectMeta>> Objects { get; }

    /// <summary>All objects that create pods.</summary>
    public IEnumerable<Workload> Workloads => Objects.Select(Workload.From).OfType<Workload>();

    /// <summary>Renders an overlay in <c>k8s/overlays</c> with the kustomize built into kubectl.</summary>
    public static RenderedManifests Render(string overlay) => Parse(RequiredTool.Run(
        "kubectl",
        "Install kubectl 1.27 or newer (the package 'kubectl' of the Kubernetes or the Google Cloud SDK repository); no cluster is needed.",
        null, "kustomize", Repository.PathOf("k8s", "overlays", overlay)));

    /// <summary>Parses documents strictly: rejects unknown fields and kinds, wrong types, duplicate keys and malformed quantities.</summary>
    public static RenderedManifests Parse(string text) =>
        new(text, [.. KubernetesYaml.LoadAllFromString(text, null, strict: true).Cast<IKubernetesObject<V1ObjectMeta>>()]);

    public IEnumerable<T> All<T>() => Objects.OfType<T>();

    public T The<T>(string name) where T : IKubernetesObject<V1ObjectMeta> => All<T>().Single(one => one.Metadata.Name == name);

    public Workload WorkloadOf(string component) => Workloads.Single(workload => workload.Component == component);
}
