using k8s;
using k8s.Models;

namespace TinyGptV.Kubernetes.Tests.Manifests;

/// <summary>An object that creates pods, of any kind.</summary>
/// <param name="Kind">Deployment, StatefulSet or CronJob.</param>
/// <param name="Name">Its name.</param>
/// <param name="Labels">The labels of its pods.</param>
/// <param name="Annotations">The annotations of its pods.</param>
/// <param name="Pod">The pods.</param>
/// <param name="Selector">How it finds its pods; null for jobs, which Kubernetes labels automatically.</param>
/// <param name="Claims">The volumes that each pod gets.</param>
internal sealed record Workload(
    string Kind,
    string Name,
    IDictionary<string, string> Labels,
    IDictionary<string, string>? Annotations,
    V1PodSpec Pod,
    V1LabelSelector? Selector,
    IEnumerable<V1PersistentVolumeClaim> Claims)
{
    /// <summary>True if its pods run until they are stopped.</summary>
    public bool IsService => Kind != "CronJob";

    public string Component => Labels["app.kubernetes.io/component"];

    public IEnumerable<V1Container> Containers => [.. Pod.InitContainers ?? [], .. Pod.Containers];

    public V1Container Container => Pod.Containers.Single();

    public static Workload? From(IKubernetesObject<V1ObjectMeta> one) => one switch
    {
        V1Deployment deployment => Of(one, deployment.Spec.Template, deployment.Spec.Selector, []),
        V1StatefulSet set => Of(one, set.Spec.Template, set.Spec.Selector, set.Spec.VolumeClaimTemplates ?? []),
        V1CronJob cron => Of(one, cron.Spec.JobTemplate.Spec.Template, null, []),
        V1Job or V1DaemonSet or V1ReplicaSet or V1Pod => throw new NotSupportedException($"No rule knows a {one.Kind} yet."),
        _ => null,
    };

    /// <summary>The environment of a running container: the maps it refers to, overridden by its own variables.</summary>
    /// <param name="container">One of its containers.</param>
    /// <param name="manifests">The manifests with the maps.</param>
    public IEnumerable<V1EnvVar> EnvironmentOf(V1Container container, RenderedManifests manifests)
    {
        IEnumerable<V1EnvVar> own = container.Env ?? [];
        IEnumerable<V1EnvVar> maps = (container.EnvFrom ?? [])
            .SelectMany(source => manifests.The<V1ConfigMap>(source.ConfigMapRef.Name).Data)
            .Select(pair => new V1EnvVar { Name = pair.Key, Value = pair.Value });
        return maps.Where(variable => own.All(one => one.Name != variable.Name)).Concat(own);
    }

    public override string ToString() => $"{Kind} {Name}";

    private static Workload Of(
        IKubernetesObject<V1ObjectMeta> one, V1PodTemplateSpec template, V1LabelSelector? selector, IEnumerable<V1PersistentVolumeClaim> claims) => new(
        one.Kind, one.Metadata.Name, template.Metadata.Labels ?? new Dictionary<string, string>(), template.Metadata.Annotations, template.Spec, selector,
        claims);
}
