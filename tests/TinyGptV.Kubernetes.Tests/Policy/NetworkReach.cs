using System.Globalization;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests.Policy;

/// <summary>The connections between pods that the network policies allow: both ends must allow a connection.</summary>
internal sealed class NetworkReach(RenderedManifests manifests)
{
    private const string Namespace = "tinygptv";

    /// <summary>True if pods of one workload can connect to a port of another.</summary>
    public bool Allows(Workload from, Workload to, int port) => MaySend(from, peer => Is(peer, to), port) && MayReceive(to, peer => Is(peer, from), port);

    /// <summary>True if pods can connect to a port of an address outside the cluster, or of a node.</summary>
    public bool AllowsOutside(Workload from, string address, int port) => MaySend(from, peer => Covers(peer, address), port);

    /// <summary>True if pods of another namespace can connect to a port.</summary>
    public bool AllowsFromNamespace(string name, Workload to, int port) => MayReceive(to, peer => IsNamespace(peer, name), port);

    /// <summary>True if pods can connect to a port of pods in another namespace.</summary>
    public bool AllowsToNamespace(Workload from, string name, int port) => MaySend(from, peer => IsNamespace(peer, name), port);

    private bool MaySend(Workload pod, Predicate<V1NetworkPolicyPeer> isPeer, int port) => Consents(
        pod, "Egress", policy => (policy.Spec.Egress ?? []).Any(rule => (rule.To is null || rule.To.Any(peer => isPeer(peer))) && Includes(rule.Ports, port)));

    private bool MayReceive(Workload pod, Predicate<V1NetworkPolicyPeer> isPeer, int port) => Consents(
        pod, "Ingress", policy => (policy.Spec.Ingress ?? []).Any(
            rule => (rule.FromProperty is null || rule.FromProperty.Any(peer => isPeer(peer))) && Includes(rule.Ports, port)));

    private bool Consents(Workload pod, string direction, Predicate<V1NetworkPolicy> allows)
    {
        V1NetworkPolicy[] policies =
            [.. manifests.All<V1NetworkPolicy>().Where(policy => policy.Spec.PolicyTypes.Contains(direction) && policy.Spec.PodSelector.Selects(pod.Labels))];
        return policies.Length == 0 || policies.Any(policy => allows(policy));
    }

    private static bool Is(V1NetworkPolicyPeer peer, Workload pod) =>
        peer.IpBlock is null && (peer.NamespaceSelector is null || IsNamespace(peer, Namespace)) && (peer.PodSelector?.Selects(pod.Labels) ?? true);

    private static bool IsNamespace(V1NetworkPolicyPeer peer, string name) =>
        peer.NamespaceSelector?.Selects(new Dictionary<string, string> { ["kubernetes.io/metadata.name"] = name }) is true;

    private static bool Covers(V1NetworkPolicyPeer peer, string address) =>
        peer.IpBlock is { } block && Contains(block.Cidr, address) && !(block.Except ?? []).Any(except => Contains(except, address));

    private static bool Contains(string cidr, string address) => System.Net.IPNetwork.Parse(cidr).Contains(System.Net.IPAddress.Parse(address));

    private static bool Includes(IList<V1NetworkPolicyPort>? ports, int port) =>
        ports is null || ports.Any(one => one.Port is null || one.Port.Value == port.ToString(CultureInfo.InvariantCulture));
}
