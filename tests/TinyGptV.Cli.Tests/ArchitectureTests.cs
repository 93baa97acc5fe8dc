using System.CodeDom.Compiler;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.Extensions.Options;
using TinyGptV.Backends;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;
using TinyGptV.Hosting;
using TinyGptV.Pickle;
using TinyGptV.Storage.Folders;

namespace TinyGptV.Cli.Tests;

/// <summary>Enforces the project boundaries of docs/architecture.md.</summary>
public sealed partial class ArchitectureTests
{
    private static readonly Assembly Evaluation = typeof(EvaluationJson).Assembly;
    private static readonly Assembly Contracts = typeof(IEvaluationRunGrain).Assembly;
    private static readonly Assembly Cluster = typeof(EvaluationClusterExtensions).Assembly;
    private static readonly Assembly Model = Assembly.Load("TinyGptV.Model");
    private static readonly Assembly Pickle = typeof(PickleMachine).Assembly;
    private static readonly Assembly Storage = typeof(RunFolder).Assembly;
    private static readonly Assembly Backends = typeof(ModelSources).Assembly;
    private static readonly Assembly Hosting = typeof(SiloHost).Assembly;
    private static readonly Assembly Cli = typeof(TinyGptVProgram).Assembly;
    private static readonly Assembly[] Product = [Evaluation, Contracts, Cluster, Model, Pickle, Storage, Backends, Hosting, Cli];

    // Words that say nothing about a concept.
    private static readonly HashSet<string> ForbiddenWords =
        ["Util", "Utils", "Utility", "Utilities", "Helper", "Helpers", "Common", "Shared", "Misc", "Manager", "Managers", "Processor", "Processors", "Impl"];

    private static readonly HashSet<string> ForbiddenLastWords = ["Base", "Data", "Info"];

    [Theory]
    [InlineData("TinyGptV.Pickle")]
    [InlineData("TinyGptV.Evaluation", "TinyGptV.Pickle")]
    [InlineData("TinyGptV.Model", "TinyGptV.Pickle")]
    [InlineData("TinyGptV.Storage", "TinyGptV.Evaluation")]
    [InlineData("TinyGptV.Backends", "TinyGptV.Evaluation", "TinyGptV.Model", "TinyGptV.Storage")]
    [InlineData("TinyGptV.Cluster.Contracts", "TinyGptV.Evaluation")]
    [InlineData("TinyGptV.Cluster", "TinyGptV.Cluster.Contracts", "TinyGptV.Evaluation")]
    [InlineData("TinyGptV.Hosting", "TinyGptV.Cluster", "TinyGptV.Cluster.Contracts", "TinyGptV.Evaluation")]
    [InlineData("TinyGptV.Cli",
        "TinyGptV.Backends", "TinyGptV.Cluster", "TinyGptV.Cluster.Contracts", "TinyGptV.Evaluation", "TinyGptV.Hosting", "TinyGptV.Model", "TinyGptV.Storage")]
    public void Project_references_are_those_of_the_floor_plan(string project, params string[] allowed)
    {
        string[] references = [.. ItemsOf(project, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).Order()];

        Assert.Equal(allowed.Order(), references);
    }

    [Theory]
    [InlineData("TinyGptV.Pickle")]
    [InlineData("TinyGptV.Evaluation", "CsvHelper", "MiniExcel", "SharpCompress")]
    [InlineData("TinyGptV.Model", "Microsoft.ML.Tokenizers", "SkiaSharp", "System.IO.Hashing", "TorchSharp")]
    [InlineData("TinyGptV.Storage", "Azure.Identity", "Azure.Storage.Blobs", "Polly", "Polly.Extensions")]
    [InlineData("TinyGptV.Backends")]
    [InlineData("TinyGptV.Cluster.Contracts", "Microsoft.Orleans.Sdk")]
    [InlineData("TinyGptV.Cluster",
        "Microsoft.Orleans.Client", "Microsoft.Orleans.Serialization.SystemTextJson", "Microsoft.Orleans.Server", "Polly", "Polly.Extensions")]
    [InlineData("TinyGptV.Hosting",
        "Microsoft.Orleans.Clustering.AdoNet", "Microsoft.Orleans.Clustering.Redis", "Microsoft.Orleans.Connections.Security",
        "Microsoft.Orleans.Dashboard", "Npgsql", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "OpenTelemetry.Exporter.Prometheus.AspNetCore",
        "OpenTelemetry.Instrumentation.Runtime", "StackExchange.Redis")]
    [InlineData("TinyGptV.Cli", "Spectre.Console", "System.CommandLine")]
    public void Packages_of_a_project_are_those_of_the_floor_plan(string project, params string[] allowed) =>
        Assert.Equal(allowed, ItemsOf(project, "PackageReference").Order());

    [Fact]
    public void Every_project_of_the_product_has_its_walls_tested() =>
        Assert.Equal(
            [
                "TinyGptV.Backends", "TinyGptV.Cli", "TinyGptV.Cluster", "TinyGptV.Cluster.Contracts", "TinyGptV.Evaluation", "TinyGptV.Hosting",
                "TinyGptV.Model", "TinyGptV.Pickle", "TinyGptV.Storage",
            ],
            Directory.GetFiles(Repository.PathOf("src"), "*.csproj", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).Order());

    [Fact]
    public void Compiled_assemblies_reach_nothing_behind_a_wall()
    {
        Assert.DoesNotContain(References(Pickle), name => name.StartsWith("TinyGptV", StringComparison.Ordinal));
        Assert.DoesNotContain(
            References(Evaluation).Concat(References(Model)), name => name.StartsWith("TinyGptV", StringComparison.Ordinal) && name != "TinyGptV.Pickle");
        // Project references are transitive, but only the two projects that read pickles may use it.
        Assert.DoesNotContain(
            "TinyGptV.Pickle",
            References(Contracts).Concat(References(Cluster)).Concat(References(Storage)).Concat(References(Hosting)).Concat(References(Cli)));
        Assert.DoesNotContain(References(Evaluation).Concat(References(Model)), name => name.StartsWith("Orleans", StringComparison.Ordinal));
        Assert.DoesNotContain("TorchSharp", References(Evaluation));
        Assert.DoesNotContain("TorchSharp", References(Contracts).Concat(References(Cluster)).Concat(References(Hosting)));
        Assert.DoesNotContain("TinyGptV.Model", References(Contracts).Concat(References(Cluster)).Concat(References(Hosting)));
    }

    [Fact]
    public void The_pure_core_bans_what_would_make_it_impure()
    {
        string banned = File.ReadAllText(Repository.PathOf("src", "TinyGptV.Evaluation", "BannedSymbols.txt"));

        string[] symbols =
        [
            "T:System.IO.File;", "T:System.IO.Directory;", "T:System.Console;", "T:System.Environment;", "P:System.Random.Shared;",
            "M:System.Threading.Tasks.Task.Run(System.Action);",
        ];
        foreach (string symbol in symbols)
            Assert.Contains(symbol, banned, StringComparison.Ordinal);
        Assert.True(File.Exists(Repository.PathOf("src", "TinyGptV.Cluster", "BannedSymbols.txt")));
    }

    [Fact]
    public void Names_of_types_and_namespaces_say_something()
    {
        string[] names = [.. Product.SelectMany(OwnTypes).SelectMany(type => (type.Namespace ?? "").Split('.').Append(PlainName(type))).Distinct()];

        Assert.True(names.Length > 100, "The product's types were not found.");
        Assert.DoesNotContain(names, SaysNothing);
    }

    [Fact]
    public void Names_of_files_and_folders_say_something()
    {
        string[] names = [.. SourceFiles().SelectMany(path => Path.GetRelativePath(Repository.Root, path).Split('/', '.')).Distinct()];

        Assert.Contains("ArchitectureTests", names);
        Assert.DoesNotContain(names, SaysNothing);
    }

    [Theory]
    [InlineData("StringUtils", true)]
    [InlineData("RunManager", true)]
    [InlineData("ReaderBase", true)]
    [InlineData("RunInfo", true)]
    [InlineData("Handler", true)]
    [InlineData("DatabaseReader", false)]
    [InlineData("BenchmarkSource", false)]
    public void SaysNothing_knows_the_forbidden_words(string name, bool expected) => Assert.Equal(expected, SaysNothing(name));

    [Fact]
    public void No_type_carries_the_name_of_a_namespace()
    {
        HashSet<string> segments = [.. Product.SelectMany(OwnTypes).SelectMany(type => (type.Namespace ?? "").Split('.'))];

        Assert.Empty(Product.SelectMany(OwnTypes).Where(type => segments.Contains(PlainName(type))).Select(type => type.FullName));
    }

    [Theory]
    [InlineData("TinyGptV.Evaluation")]
    [InlineData("TinyGptV.Cluster.Contracts")]
    [InlineData("TinyGptV.Pickle")]
    public void Public_types_that_others_program_against_are_documented(string project)
    {
        Assembly assembly = Product.Single(candidate => candidate.GetName().Name == project);
        XDocument documentation = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"));
        HashSet<string> documented = [.. documentation.Descendants("member")
            .Where(member => member.Element("summary")?.Value.Trim().Length > 0)
            .Select(member => member.Attribute("name")!.Value)];

        string[] types = [.. OwnTypes(assembly).Where(type => type.IsVisible).Select(type => "T:" + type.FullName!.Replace('+', '.'))];
        Assert.NotEmpty(types);
        Assert.Empty(types.Except(documented));
        // Members are checked by the compiler (CS1591), which this property turns on.
        Assert.Equal("true", Project(project).Descendants("DocumentEveryPublicMember").Single().Value);
        Assert.Empty(Project(project).Descendants("NoWarn"));
    }

    [Fact]
    public void Grains_are_internal_and_sealed()
    {
        Type[] grains = [.. OwnTypes(Cluster).Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IGrain).IsAssignableFrom(type))];

        Assert.NotEmpty(grains);
        Assert.All(grains, grain => Assert.True(grain is { IsVisible: false, IsSealed: true }, grain.FullName));
    }

    [Fact]
    public void Contracts_and_their_methods_have_a_name_on_the_wire_of_their_own()
    {
        Type[] contracts = [.. OwnTypes(Contracts).Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))];

        Assert.NotEmpty(contracts);
        Assert.All(contracts, contract => Assert.NotNull(contract.GetCustomAttribute<AliasAttribute>()));
        Assert.All(contracts.SelectMany(contract => contract.GetMethods()), method =>
        {
            Assert.True(method.GetCustomAttribute<AliasAttribute>() is not null, $"{method.DeclaringType!.Name}.{method.Name} has no [Alias].");
            Assert.Equal(typeof(CancellationToken), method.GetParameters()[^1].ParameterType);
        });
    }

    [Fact]
    public void Options_of_the_cluster_have_a_validator()
    {
        Type[] options = [.. OwnTypes(Cluster).Where(type => type.IsVisible && type.Name.EndsWith("Options", StringComparison.Ordinal))];

        Assert.NotEmpty(options);
        Assert.All(
            options, type => Assert.Contains(OwnTypes(Cluster), candidate => typeof(IValidateOptions<>).MakeGenericType(type).IsAssignableFrom(candidate)));
    }

    [Fact]
    public void Public_surface_of_the_program_is_empty() => Assert.Empty(OwnTypes(Cli).Where(type => type.IsVisible).Select(type => type.FullName));

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")]
    private static partial Regex Words { get; }

    private static bool SaysNothing(string name)
    {
        string[] words = [.. Words.Matches(name).Select(match => match.Value)];
        return words.Any(ForbiddenWords.Contains) || words is [.., var last] && ForbiddenLastWords.Contains(last) || name == "Handler";
    }

    private static string PlainName(Type type) => type.Name.Split('`')[0];

    private static IEnumerable<Type> OwnTypes(Assembly assembly) => assembly.GetTypes().Where(type =>
        type.Namespace?.StartsWith("TinyGptV", StringComparison.Ordinal) == true
        && !type.Name.Contains('<', StringComparison.Ordinal)
        && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && type.GetCustomAttribute<GeneratedCodeAttribute>() is null);

    private static IEnumerable<string> References(Assembly assembly) => assembly.GetReferencedAssemblies().Select(reference => reference.Name!);

    private static XDocument Project(string name) => XDocument.Load(Repository.PathOf("src", name, name + ".csproj"));

    private static IEnumerable<string> ItemsOf(string project, string kind) =>
        Project(project).Descendants(kind).Select(item => item.Attribute("Include")!.Value);

    private static IEnumerable<string> SourceFiles() => new[] { "src", "tests", "tools" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories));
}
