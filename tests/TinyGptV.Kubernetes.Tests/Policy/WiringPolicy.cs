using k8s;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests.Policy;

/// <summary>The rules for references between objects, and for fields that cannot be changed later.</summary>
internal static class WiringPolicy
{
    private const string Namespace = "tinygptv";

    /// <summary>The secrets that users create; none is in the repository.</summary>
    private static readonly string[] KnownSecrets = ["membership", "silo-tls", "storage"];

    /// <summary>Selectors of existing Deployments cannot be changed, so they contain only labels that never change.</summary>
    private static readonly string[] SelectorLabels = ["app.kubernetes.io/name", "app.kubernetes.io/component"];

    /// <returns>One sentence per broken rule.</returns>
    public static IEnumerable<string> Violations(RenderedManifests manifests) =>
    [
        .. Namespaces(manifests),
        .. manifests.Workloads.SelectMany(Selectors),
        .. manifests.All<V1Service>().SelectMany(service => Service(service, manifests)),
        .. manifests.All<V1PodDisruptionBudget>().SelectMany(budget => Budget(budget, manifests)),
        .. Budgets(manifests),
        .. manifests.Workloads.SelectMany(workload => References(workload, manifests)),
        .. Secrets(manifests),
        .. Rights(manifests),
    ];

    private static IEnumerable<string> Namespaces(RenderedManifests manifests)
    {
        V1Namespace? home = manifests.All<V1Namespace>().SingleOrDefault(one => one.Metadata.Name == Namespace);
        if (home is null)
            yield return $"There is no namespace '{Namespace}'.";
        else if (home.Metadata.Labels?.TryGetValue("pod-security.kubernetes.io/enforce", out string? level) is not true || level != "restricted")
            yield return "The namespace does not enforce restricted pod security.";
        foreach (IKubernetesObject<V1ObjectMeta> one in manifests.Objects.Where(one => one is not V1Namespace && one.Metadata.NamespaceProperty != Namespace))
            yield return $"{one.Kind} {one.Metadata.Name} is in the namespace '{one.Metadata.NamespaceProperty}'.";
    }

    private static IEnumerable<string> Selectors(Workload workload)
    {
        if (workload.Selector is null)
            yield break;
        if (!workload.Selector.Selects(workload.Labels))
            yield return $"{workload}: its selector does not find its own pods";
        foreach (string label in (workload.Selector.MatchLabels ?? new Dictionary<string, string>()).Keys.Except(SelectorLabels))
            yield return $"{workload}: its selector holds '{label}', which may change";
        foreach (V1TopologySpreadConstraint spread in workload.Pod.TopologySpreadConstraints ?? [])
            if (!spread.LabelSelector.Selects(workload.Labels))
                yield return $"{workload}: its spread over {spread.TopologyKey} counts other pods than its own";
    }

    private static IEnumerable<string> Service(V1Service service, RenderedManifests manifests)
    {
        Workload[] behind = [.. manifests.Workloads.Where(workload => new V1LabelSelector { MatchLabels = service.Spec.Selector }.Selects(workload.Labels))];
        if (behind.Length != 1)
            yield return $"Service {service.Metadata.Name} stands before {behind.Length} workloads";
        foreach (V1ServicePort port in service.Spec.Ports)
            if (behind.Any(workload => !workload.Pod.Containers.Any(container => PodPolicy.HasPort(container, port.TargetPort))))
                yield return $"Service {service.Metadata.Name} leads to port '{port.TargetPort.Value}', which its pods do not have";
    }

    private static IEnumerable<string> Budget(V1PodDisruptionBudget budget, RenderedManifests manifests)
    {
        Workload[] covered = [.. manifests.Workloads.Where(workload => budget.Spec.Selector.Selects(workload.Labels))];
        if (covered.Length != 1)
            yield return $"PodDisruptionBudget {budget.Metadata.Name} covers {covered.Length} workloads";
        int? replicas = covered.Length == 1 ? ReplicasOf(covered[0], manifests) : null;
        if (int.TryParse(budget.Spec.MinAvailable?.Value, out int least) && least >= replicas)
            yield return $"PodDisruptionBudget {budget.Metadata.Name} allows no disruption, so that no node can ever be drained";
    }

    private static IEnumerable<string> Budgets(RenderedManifests manifests) => manifests.Workloads
        .Where(workload => workload.IsService && !manifests.All<V1PodDisruptionBudget>().Any(budget => budget.Spec.Selector.Selects(workload.Labels)))
        .Select(workload => $"{workload}: has no disruption budget");

    private static int? ReplicasOf(Workload workload, RenderedManifests manifests) => workload.Kind switch
    {
        "Deployment" => manifests.The<V1Deployment>(workload.Name).Spec.Replicas,
        "StatefulSet" => manifests.The<V1StatefulSet>(workload.Name).Spec.Replicas,
        _ => null,
    };

    private static IEnumerable<string> References(Workload workload, RenderedManifests manifests)
    {
        foreach (string map in workload.Containers.SelectMany(container => container.EnvFrom ?? []).Select(source => source.ConfigMapRef?.Name ?? "(a secret)"))
            if (!manifests.All<V1ConfigMap>().Any(one => one.Metadata.Name == map))
                yield return $"{workload}: its environment comes from '{map}', which is not there";
        foreach (string secret in SecretsOf(workload).Except(KnownSecrets))
            yield return $"{workload}: needs the secret '{secret}', which k8s/README.md does not name";
        foreach (string claim in (workload.Pod.Volumes ?? []).Select(volume => volume.PersistentVolumeClaim?.ClaimName).OfType<string>())
            if (!manifests.All<V1PersistentVolumeClaim>().Any(one => one.Metadata.Name == claim))
                yield return $"{workload}: mounts the claim '{claim}', which is not there";
        if (manifests.All<V1ServiceAccount>().SingleOrDefault(one => one.Metadata.Name == workload.Pod.ServiceAccountName) is not { } account)
            yield return $"{workload}: its account '{workload.Pod.ServiceAccountName}' is not there";
        else if (account.AutomountServiceAccountToken is not false)
            yield return $"ServiceAccount {account.Metadata.Name} mounts its token, which no pod needs";
    }

    private static IEnumerable<string> SecretsOf(Workload workload) => workload.Containers
        .SelectMany(container => container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef?.Name)
        .Concat((workload.Pod.Volumes ?? []).Select(volume => volume.Secret?.SecretName)).OfType<string>().Distinct();

    private static IEnumerable<string> Secrets(RenderedManifests manifests)
    {
        foreach (V1Secret secret in manifests.All<V1Secret>())
            yield return $"The secret '{secret.Metadata.Name}' is written down.";
        foreach ((string name, string value) in manifests.All<V1ConfigMap>().SelectMany(map => map.Data ?? new Dictionary<string, string>()))
            if (PodPolicy.IsSecret(name) || value.Contains("sig=", StringComparison.Ordinal)
                || value.Contains("password", StringComparison.OrdinalIgnoreCase) || value.Contains("AccountKey", StringComparison.OrdinalIgnoreCase))
                yield return $"The setting {name} holds what should be a secret.";
    }

    private static IEnumerable<string> Rights(RenderedManifests manifests)
    {
        foreach (IKubernetesObject<V1ObjectMeta> one in manifests.Objects.Where(one => one is V1RoleBinding or V1ClusterRoleBinding or V1ClusterRole))
            yield return $"{one.Kind} {one.Metadata.Name} gives rights that no pod needs";
        foreach (V1PolicyRule rule in manifests.All<V1Role>().SelectMany(role => role.Rules))
            if (rule.Verbs.Contains("*") || (rule.Resources ?? []).Any(resource => resource is "*" or "secrets"))
                yield return "A role reaches further than evaluations.";
    }
}
