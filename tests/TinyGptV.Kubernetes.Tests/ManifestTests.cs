using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;
using TinyGptV.Kubernetes.Tests.Policy;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>The manifests as applied: rendered, parsed strictly, checked against the schemas and our own rules.</summary>
public sealed class ManifestTests
{
    private static readonly Dictionary<string, RenderedManifests> Rendered = RenderedManifests.Overlays.ToDictionary(
        overlay => overlay, RenderedManifests.Render);

    public static TheoryData<string> Overlays => [.. RenderedManifests.Overlays];

    [Fact]
    public void Every_overlay_is_tested() =>
        Assert.Equal(RenderedManifests.Overlays.Order(), Directory.GetDirectories(Repository.PathOf("k8s", "overlays")).Select(Path.GetFileName).Order());

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_holds_what_a_cluster_is_made_of(string overlay)
    {
        RenderedManifests manifests = Rendered[overlay];

        Assert.Equal(2, manifests.The<V1Deployment>("coordinator").Spec.Replicas);
        Assert.Null(manifests.The<V1Deployment>("replica").Spec.Replicas); // `kubectl scale` and autoscalers set it, and `kubectl apply` keeps it
        Assert.True(manifests.The<V1CronJob>("evaluation").Spec.Suspend);
        IEnumerable<string> components = manifests.Workloads
            .Where(workload => workload.Labels["app.kubernetes.io/name"] == "tinygptv")
            .Select(workload => workload.Component);
        Assert.Equal(["coordinator", "evaluation", "replica"], components.Order());
    }

    [Fact]
    public void Finished_jobs_stay_for_a_week()
    {
        V1CronJobSpec evaluation = Rendered["local"].The<V1CronJob>("evaluation").Spec;

        Assert.Equal(7 * 24 * 60 * 60, evaluation.JobTemplate.Spec.TtlSecondsAfterFinished);
        // Jobs made by hand from the CronJob count too, and the history must not remove them earlier.
        Assert.True(evaluation.SuccessfulJobsHistoryLimit >= 1000 && evaluation.FailedJobsHistoryLimit >= 1000);
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_agrees_with_the_schemas_of_Kubernetes(string overlay) => Assert.Empty(Schemas.Mistakes(Rendered[overlay].Text));

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Overlay_breaks_no_rule(string overlay) => Assert.Empty(Violations(Rendered[overlay]));

    [Theory]
    [InlineData("readinessProbe:", "readyProbe:")] // an unknown field
    [InlineData("containerPort: 8080", "containerPort: eighty")] // a wrong type
    [InlineData("memory: 1Gi", "memory: 1 GiB")] // no quantity
    [InlineData("kind: PodDisruptionBudget", "kind: PodBudget")] // no such kind
    public void Strict_parsing_refuses_mistakes(string right, string wrong) =>
        Assert.ThrowsAny<Exception>(() => RenderedManifests.Parse(Replaced(right, wrong)));

    [Theory]
    [InlineData("value: \"30000\"", "value: 30000", "must be string")]
    [InlineData("imagePullPolicy: IfNotPresent", "imagePullPolicy: WhenMissing", "must be equal to one of the allowed values")]
    [InlineData("  schedule: 0 2 * * *\n", "", "must have required property schedule")]
    public void Schemas_refuse_mistakes(string right, string wrong, string expected) =>
        Assert.Contains(Schemas.Mistakes(Replaced(right, wrong)), mistake => mistake.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("runAsNonRoot: true", "runAsNonRoot: false", "may run as root")]
    [InlineData("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "may write to its image")]
    [InlineData("            - ALL\n", "            - NET_RAW\n", "keeps capabilities")]
    [InlineData("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "may gain privileges")]
    [InlineData("enableServiceLinks: false", "enableServiceLinks: true", "a variable for every service")]
    [InlineData("image: tinygptv:0.1.0", "image: tinygptv:latest", "no pinned image")]
    [InlineData("image: tinygptv:0.1.0", "image: host:5000/tinygptv", "no pinned image")]
    [InlineData("terminationGracePeriodSeconds: 90", "terminationGracePeriodSeconds: 70", "is killed 70 s after SIGTERM")]
    [InlineData("path: /health/ready", "path: /ready", "which the program does not serve")]
    [InlineData("          name: http\n        readinessProbe", "          name: web\n        readinessProbe", "probe on port 'http', which it does not have")]
    [InlineData("value: \"30000\"", "value: \"30000\"\n        - name: REDIS_PASSWORD\n          value: hunter2", "in plain text")]
    [InlineData("TINYGPTV_RUNS: /runs", "TINYGPTV_RUNS: /elsewhere", "is told to use /elsewhere by TINYGPTV_RUNS, where no volume is")]
    [InlineData("mountPath: /tmp", "mountPath: /temporary", "has no /tmp")]
    [InlineData("            cpu: 250m\n", "            cpu: \"3\"\n", "requests more cpu than its limit")]
    [InlineData("targetPort: gateway", "targetPort: client", "leads to port 'client'")]
    [InlineData("minAvailable: 1", "minAvailable: 2", "no node can ever be drained")]
    [InlineData("claimName: runs", "claimName: run", "the claim 'run', which is not there")]
    [InlineData("kind: Role\n", "kind: ClusterRole\n", "gives rights that no pod needs")]
    [InlineData("key: connection\n              name: membership", "key: connection\n              name: members", "which k8s/README.md does not name")]
    [InlineData("pod-security.kubernetes.io/enforce: restricted", "pod-security.kubernetes.io/enforce: baseline", "does not enforce restricted pod security")]
    [InlineData("TINYGPTV_CLUSTERING: redis", "TINYGPTV_CLUSTERING: redis\n  TINYGPTV_MEMBERSHIP: redis:6379", "holds what should be a secret")]
    [InlineData("        app.kubernetes.io/component: replica\n        app.kubernetes.io/name: tinygptv\n        app.kubernetes.io/part-of",
        "        app.kubernetes.io/component: replicas\n        app.kubernetes.io/name: tinygptv\n        app.kubernetes.io/part-of",
        "its selector does not find its own pods")]
    public void Rules_find_what_they_are_for(string right, string wrong, string expected) =>
        Assert.Contains(Violations(RenderedManifests.Parse(Replaced(right, wrong))), violation => violation.Contains(expected, StringComparison.Ordinal));

    private static IEnumerable<string> Violations(RenderedManifests manifests) => PodPolicy.Violations(manifests).Concat(WiringPolicy.Violations(manifests));

    private static string Replaced(string right, string wrong)
    {
        string text = Rendered["local"].Text;
        Assert.Contains(right, text, StringComparison.Ordinal);
        return text.Replace(right, wrong, StringComparison.Ordinal);
    }
}
