using System.Collections.Immutable;
using System.CommandLine;
using System.Text.RegularExpressions;
using TinyGptV.Cli;
using TinyGptV.Cli.Commands;
using TinyGptV.Cli.Verbs;
using TinyGptV.Kubernetes.Tests.Manifests;
using k8s.Models;

namespace TinyGptV.Kubernetes.Tests;

/// <summary>Checks with the program's own parser that it accepts every argument and environment variable of the manifests.</summary>
public sealed partial class OptionTests
{
    public static TheoryData<string, string> Containers
    {
        get
        {
            var containers = new TheoryData<string, string>();
            foreach (string overlay in RenderedManifests.Overlays)
                foreach (string component in new[] { "coordinator", "replica", "evaluation" })
                    containers.Add(overlay, component);
            return containers;
        }
    }

    [Theory]
    [MemberData(nameof(Containers))]
    public void Program_takes_the_arguments_and_variables_of_a_container(string overlay, string component)
    {
        RenderedManifests manifests = RenderedManifests.Render(overlay);
        Workload workload = manifests.WorkloadOf(component);
        V1Container container = workload.Container;

        (ParseResult result, ImmutableArray<string> used) = Parse(container.Args, workload.EnvironmentOf(container, manifests));

        Assert.Empty(result.Errors.Select(error => error.Message));
        // A container's own variables are meant for its command.
        Assert.Empty(OptionVariables(container.Env).Except(used));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("gpu-azure")]
    public void Every_setting_is_an_option_of_some_command(string overlay)
    {
        RenderedManifests manifests = RenderedManifests.Render(overlay);
        Workload[] program = [.. new[] { "coordinator", "replica", "evaluation" }.Select(manifests.WorkloadOf)];

        string[] used = [.. program.SelectMany(workload => Parse(workload.Container.Args, workload.EnvironmentOf(workload.Container, manifests)).Used)];

        IEnumerable<string> settings = manifests.All<V1ConfigMap>().SelectMany(map => map.Data.Keys);
        Assert.NotEmpty(settings);
        Assert.Empty(settings.Except(used));
    }

    [Fact]
    public void Variables_that_the_instructions_name_are_options()
    {
        string[] named = [.. VariableName.Matches(File.ReadAllText(Repository.PathOf("k8s", "README.md"))).Select(match => match.Value).Distinct()];

        IEnumerable<Option> options = new[] { "eval", "silo" }.SelectMany(command => Root().Subcommands.Single(one => one.Name == command).Options);
        string[] known = [.. options.Select(EnvironmentVariables.NameOf), "TINYGPTV_STORAGE_CONNECTION"]; // a secret, and therefore not an option

        Assert.NotEmpty(named);
        Assert.Empty(named.Except(known));
    }

    [Theory]
    [InlineData("TINYGPTV_GRACE", "a while")]
    [InlineData("TINYGPTV_CLUSTERING", "zookeeper")]
    [InlineData("TINYGPTV_SILO_PORT", "111111")]
    public void Values_that_are_wrong_are_found(string name, string value)
    {
        (ParseResult result, _) = Parse(["silo", "--role", "replica"], [new V1EnvVar { Name = name, Value = value }]);

        Assert.NotEmpty(result.Errors);
    }

    [GeneratedRegex("TINYGPTV_[A-Z0-9_]+")]
    private static partial Regex VariableName { get; }

    private static IEnumerable<string> OptionVariables(IEnumerable<V1EnvVar>? variables) =>
        (variables ?? []).Select(variable => variable.Name).Where(name => name.StartsWith(EnvironmentVariables.Prefix, StringComparison.Ordinal));

    /// <returns>The parse result, and the variables used.</returns>
    private static (ParseResult Result, ImmutableArray<string> Used) Parse(IEnumerable<string> arguments, IEnumerable<V1EnvVar> variables)
    {
        Dictionary<string, string> environment = variables.ToDictionary(variable => variable.Name, ValueOf);
        ParseResult result = TinyGptVProgram.Parse(
            [.. arguments], Environment(environment.GetValueOrDefault), out ImmutableArray<(Option Option, string Value)> taken);
        return (result, [.. taken.Select(one => EnvironmentVariables.NameOf(one.Option))]);
    }

    private static RootCommand Root() => (RootCommand)TinyGptVProgram.Parse([], Environment(_ => null), out _).RootCommandResult.Command;

    private static ProgramEnvironment Environment(Func<string, string?> variable) => new()
    {
        Output = TextWriter.Null,
        Error = TextWriter.Null,
        LoadModel = (_, _) => throw new InvalidOperationException("Nothing is run here."),
        Variable = variable,
    };

    /// <summary>A value of the kind that Kubernetes would insert.</summary>
    private static string ValueOf(V1EnvVar variable) => variable switch
    {
        { Value: { } value } => value,
        { ValueFrom.FieldRef.FieldPath: "status.podIP" } => "10.244.1.7",
        { ValueFrom.FieldRef.FieldPath: "metadata.name" } => "replica-6d5f9c7b8-x2x4q",
        { ValueFrom.ResourceFieldRef.Resource: "limits.cpu" } => "2",
        { ValueFrom.SecretKeyRef: not null } => "redis:6379,password=secret",
        _ => throw new NotSupportedException($"{variable.Name} comes from where this test knows nothing of."),
    };
}
