using System.Text.RegularExpressions;
using k8s.Models;
using TinyGptV.Kubernetes.Tests.Manifests;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>The names in <c>k8s/README.md</c> exist.</summary>
public sealed partial class InstructionTests
{
    private static readonly string Text = File.ReadAllText(Repository.PathOf("k8s", "README.md"));

    [Fact]
    public void Files_and_folders_exist()
    {
        string[] paths = [.. Path.Matches(Text).Select(match => match.Groups["path"].Value).Distinct()];

        Assert.Contains("k8s/overlays/local", paths);
        Assert.All(paths, path => Assert.True(System.IO.Path.Exists(Repository.PathOf(path)), path));
        foreach (string part in new[] { "base", "components/redis", "components/tls", "overlays/local", "overlays/gpu-azure", "images" })
        {
            Assert.Contains($"`{part}", Text, StringComparison.Ordinal);
            Assert.True(Directory.Exists(Repository.PathOf("k8s", part)), part);
        }
    }

    [Fact]
    public void Objects_that_commands_name_exist()
    {
        RenderedManifests manifests = RenderedManifests.Render("local");
        string[] known = [.. manifests.Objects.Select(one => $"{one.Kind.ToLowerInvariant()}/{one.Metadata.Name}")];

        string[] named = [.. Named.Matches(Text).Select(match => match.Value).Distinct()];

        Assert.Contains("cronjob/evaluation", named);
        Assert.Empty(named.Except(known));
        Assert.Contains($"--role={manifests.All<V1Role>().Single().Metadata.Name} ", Text, StringComparison.Ordinal);
        Assert.Contains(
            $"port-forward deployment/coordinator {manifests.WorkloadOf("coordinator").Container.Ports.Single(port => port.Name == "http").ContainerPort} ",
            Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local")]
    [InlineData("gpu-azure")]
    public void Secrets_are_made_with_the_entries_that_pods_use(string overlay)
    {
        Dictionary<string, HashSet<string>> made = Created.Matches(Text.Replace("\\\n", " ", StringComparison.Ordinal))
            .GroupBy(match => match.Groups["name"].Value)
            .ToDictionary(
                secret => secret.Key, secret => secret.SelectMany(match => Entry.Matches(match.Value).Select(entry => entry.Groups["key"].Value)).ToHashSet());

        foreach (Workload workload in RenderedManifests.Render(overlay).Workloads)
        {
            IEnumerable<V1SecretKeySelector?> keys = (workload.Container.Env ?? []).Select(variable => variable.ValueFrom?.SecretKeyRef);
            foreach (V1SecretKeySelector key in keys.OfType<V1SecretKeySelector>())
                Assert.Contains(key.Key, made[key.Name]);
            foreach (V1SecretVolumeSource volume in (workload.Pod.Volumes ?? []).Select(one => one.Secret).OfType<V1SecretVolumeSource>())
                Assert.Superset((volume.Items ?? []).Select(item => item.Key).ToHashSet(), made[volume.SecretName]);
        }
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], made["silo-tls"].Order());
    }

    [GeneratedRegex(@"(?:-k|-f) (?<path>k8s/[\w./-]+)")]
    private static partial Regex Path { get; }

    [GeneratedRegex(@"\b(?:deployment|cronjob)/[a-z]+")]
    private static partial Regex Named { get; }

    [GeneratedRegex(@"create secret generic (?<name>[a-z-]+)[^\n]*")]
    private static partial Regex Created { get; }

    [GeneratedRegex(@"--from-(?:literal|file)=(?<key>[\w.]+)")]
    private static partial Regex Entry { get; }
}
