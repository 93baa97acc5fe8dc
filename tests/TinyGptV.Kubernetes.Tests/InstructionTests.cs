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

    [Fact]
    public void Role_evaluator_allows_the_commands_of_its_sections_and_nothing_else()
    {
        string[] sections = [.. "Evaluations, Monitor, Scale and Another checkpoint".Split([", ", " and "], StringSplitOptions.None)];
        Assert.Contains($"the commands of the sections {string.Join(", ", sections[..^1])} and {sections[^1]}.", Text.ReplaceLineEndings(" "),
            StringComparison.Ordinal);
        string[] needed = [.. sections.SelectMany(RightsFor).Distinct().Order(StringComparer.Ordinal)];
        V1Role role = RenderedManifests.Render("local").All<V1Role>().Single();
        string[] given = [.. role.Rules.SelectMany(rule => rule.Resources.SelectMany(resource => rule.Verbs.Select(verb => $"{verb} {resource}")))];

        Assert.Contains("create pods/exec", needed);
        Assert.Empty(needed.Except(given));
        // Looking at what one may change, and deleting what one has created.
        string[] harmless = [.. given.Where(right => right.StartsWith("get ", StringComparison.Ordinal) || right.StartsWith("list ", StringComparison.Ordinal)
            || right.StartsWith("watch ", StringComparison.Ordinal)), "delete jobs", "update deployments/scale"];
        Assert.Empty(given.Except(needed).Except(harmless));
    }

    /// <summary>The rights that kubectl needs for the commands of a section.</summary>
    private static IEnumerable<string> RightsFor(string section)
    {
        string text = Text[Text.IndexOf($"\n## {section}\n", StringComparison.Ordinal)..];
        string[] commands = [.. Command.Matches(text[..text.IndexOf("\n## ", 1, StringComparison.Ordinal)]).Select(match => match.Groups["verb"].Value)];
        Assert.NotEmpty(commands);
        return commands.SelectMany(command => command switch
        {
            "create job" => ["get cronjobs", "create jobs"],
            "set env" => [], // local
            "apply" => ["get jobs", "create jobs", "patch jobs"],
            "get pods" => ["list pods"],
            "logs" => ["list pods", "get pods", "get pods/log"],
            "exec" => ["get deployments", "list pods", "get pods", "create pods/exec", "get pods/exec"],
            "port-forward" => ["get deployments", "list pods", "get pods", "create pods/portforward", "get pods/portforward"],
            "scale" => new[] { "get deployments", "get deployments/scale", "patch deployments/scale" },
            _ => throw new NotSupportedException($"This test does not know which rights 'kubectl {command}' needs."),
        });
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

    [GeneratedRegex(@"(?<!`)kubectl (?:-n tinygptv )?(?<verb>create job|set env|get pods|apply(?= -f -)|[a-z-]+)")]
    private static partial Regex Command { get; }

    [GeneratedRegex(@"create secret generic (?<name>[a-z-]+)[^\n]*")]
    private static partial Regex Created { get; }

    [GeneratedRegex(@"--from-(?:literal|file)=(?<key>[\w.]+)")]
    private static partial Regex Entry { get; }
}
