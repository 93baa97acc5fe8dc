using TinyGptV.Kubernetes.Tests.Manifests;
using TinyGptV.Kubernetes.Tests.Policy;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>The connections that the network policies allow: what the system needs, and nothing else.</summary>
public sealed class NetworkTests
{
    private const int Silo = 11111;
    private const int Gateway = 30000;
    private const int Http = 8080;

    private static readonly Dictionary<string, RenderedManifests> Rendered = RenderedManifests.Overlays.ToDictionary(
        overlay => overlay, RenderedManifests.Render);

    public static TheoryData<string> Overlays => [.. RenderedManifests.Overlays];

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Silos_reach_silos_and_evaluations_reach_gateways_alone(string overlay)
    {
        RenderedManifests manifests = Rendered[overlay];
        Workload coordinator = manifests.WorkloadOf("coordinator"), replica = manifests.WorkloadOf("replica"), evaluation = manifests.WorkloadOf("evaluation");

        var allowed = from sender in new[] { coordinator, replica, evaluation }
                      from receiver in new[] { coordinator, replica, evaluation }
                      from port in new[] { Silo, Gateway, Http, 22 }
                      where new NetworkReach(manifests).Allows(sender, receiver, port)
                      select $"{sender.Component} -> {receiver.Component}:{port}";

        Assert.Equal(
            [
                "coordinator -> coordinator:11111", "coordinator -> replica:11111", "evaluation -> coordinator:30000",
                "replica -> coordinator:11111", "replica -> replica:11111",
            ],
            allowed.Order());
    }

    [Fact]
    public void Redis_is_reached_by_all_and_reaches_nobody()
    {
        RenderedManifests manifests = Rendered["local"];
        var reach = new NetworkReach(manifests);
        Workload redis = manifests.WorkloadOf("membership");
        Workload[] program = [.. new[] { "coordinator", "replica", "evaluation" }.Select(manifests.WorkloadOf)];

        Assert.All(program, one => Assert.True(reach.Allows(one, redis, 6379)));
        Assert.All(program, one => Assert.False(reach.Allows(redis, one, one.Component == "coordinator" ? Gateway : Silo)));
        Assert.False(reach.AllowsOutside(redis, "20.60.0.1", 443));
        Assert.All(program, one => Assert.False(reach.AllowsOutside(one, "20.60.0.1", 443)));
    }

    [Fact]
    public void On_Azure_silos_reach_storage_and_all_reach_the_membership_store_but_nobody_the_metadata_of_the_node()
    {
        RenderedManifests manifests = Rendered["gpu-azure"];
        var reach = new NetworkReach(manifests);
        Workload coordinator = manifests.WorkloadOf("coordinator"), replica = manifests.WorkloadOf("replica"), evaluation = manifests.WorkloadOf("evaluation");

        Assert.All(new[] { coordinator, replica, evaluation }, one => Assert.True(reach.AllowsOutside(one, "20.60.0.1", 10000)));
        Assert.All(new[] { coordinator, replica }, one => Assert.True(reach.AllowsOutside(one, "20.60.0.1", 443)));
        Assert.False(reach.AllowsOutside(evaluation, "20.60.0.1", 443));
        Assert.All(
            new[] { coordinator, replica, evaluation },
            one => Assert.False(reach.AllowsOutside(one, "169.254.169.254", 80) || reach.AllowsOutside(one, "169.254.169.254", 443)));
    }

    [Theory]
    [MemberData(nameof(Overlays))]
    public void Other_namespaces_read_metrics_from_monitoring_and_nothing_else(string overlay)
    {
        RenderedManifests manifests = Rendered[overlay];
        var reach = new NetworkReach(manifests);

        foreach (Workload silo in new[] { manifests.WorkloadOf("coordinator"), manifests.WorkloadOf("replica") })
        {
            Assert.True(reach.AllowsFromNamespace("monitoring", silo, Http));
            Assert.True(reach.AllowsToNamespace(silo, "monitoring", 4317));
            Assert.False(reach.AllowsFromNamespace("monitoring", silo, Silo));
            Assert.False(reach.AllowsFromNamespace("default", silo, Http));
            Assert.True(reach.AllowsToNamespace(silo, "kube-system", 53));
        }
        Assert.All(
            manifests.Workloads,
            workload => Assert.False(reach.AllowsFromNamespace("default", workload, workload.Component == "coordinator" ? Gateway : 6379)));
    }
}
