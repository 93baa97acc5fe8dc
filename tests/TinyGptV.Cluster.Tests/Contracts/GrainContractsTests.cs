using System.Reflection;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Cluster.Tests.Doubles;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Contracts;

public class GrainContractsTests
{
    private static readonly Type[] Contracts =
        [.. typeof(IRunCatalogGrain).Assembly.GetTypes().Where(type => type.IsInterface && type.IsAssignableTo(typeof(IGrain)))];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// The wire contract during a rolling update. A line that changes or disappears breaks silos of the older version: add a new method
    /// next to the old one instead, and approve the new line.
    /// </summary>
    [Fact]
    public void Grain_contracts_are_the_approved_ones()
    {
        string approved = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Contracts", "GrainContracts.approved.txt"));
        Assert.Equal(approved, string.Join("\n", Contracts.OrderBy(type => type.Name, StringComparer.Ordinal).SelectMany(Describe).Append("")));
    }

    [Fact]
    public void Every_contract_and_method_has_an_alias()
    {
        Assert.NotEmpty(Contracts);
        Assert.All(Contracts, contract => Assert.NotNull(contract.GetCustomAttribute<AliasAttribute>()));
        Assert.All(Contracts.SelectMany(contract => contract.GetMethods()), method => Assert.NotNull(method.GetCustomAttribute<AliasAttribute>()));
    }

    [Fact]
    public void Every_contract_method_is_asynchronous_by_name_and_takes_a_token_last() =>
        Assert.All(Contracts.SelectMany(contract => contract.GetMethods()), method =>
        {
            Assert.EndsWith("Async", method.Name, StringComparison.Ordinal);
            Assert.Equal(typeof(CancellationToken), method.GetParameters()[^1].ParameterType);
        });

    [Fact]
    public void Every_grain_is_internal_and_sealed()
    {
        Type[] grains = [.. typeof(EvaluationClusterExtensions).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(Grain)))];
        Assert.Equal(4, grains.Length);
        Assert.All(grains, grain => Assert.True(grain is { IsSealed: true, IsPublic: false }));
    }

    [Fact]
    public void Every_wire_record_of_the_contracts_has_an_alias_and_is_immutable()
    {
        // Generated codecs have their own namespaces.
        Type[] records = [.. typeof(RunRequest).Assembly.GetExportedTypes().Where(type => type.IsClass && type.Namespace == typeof(RunRequest).Namespace)];
        Assert.NotEmpty(records);
        Assert.All(records, record => Assert.NotNull(record.GetCustomAttribute<AliasAttribute>()));
        Assert.All(records, record => Assert.NotNull(record.GetCustomAttribute<ImmutableAttribute>()));
    }

    /// <summary>A call through a live silo to a dead one fails only at its time-out, so slow methods must be streams.</summary>
    [Fact]
    public void No_method_may_take_longer_than_the_time_out_of_every_call() => Assert.DoesNotContain(
        typeof(RunRequest).Assembly.GetExportedTypes().Where(type => type.IsInterface).SelectMany(contract => contract.GetMethods()),
        method => method.GetCustomAttribute<ResponseTimeoutAttribute>() is not null);

    /// <summary>A type without a codec breaks every method of its interface, and only at run time.</summary>
    [Fact]
    public async Task Every_method_of_every_contract_can_be_called_from_a_client()
    {
        await using var cluster = await EvaluationCluster.StartAsync([new WatchedModel()]);
        RunId run = await cluster.StartRunAsync(new RunRequest { Run = new RunId("called"), Benchmarks = [InMemoryBenchmarks.IconQa], Limit = 3 });
        Assert.Equal(RunPhase.Completed, (await cluster.WatchToTheEndAsync(run)).Phase);
        Assert.Single(await cluster.Catalog.ListAsync(Token).ToArrayAsync(Token));
        Assert.Equal(RunPhase.Completed, (await cluster.Run(run).ResumeAsync(null, Token)).Phase);
        Assert.Equal(RunPhase.Completed, (await cluster.Run(run).ContinueAsync(Token)).Phase);
        Assert.Equal(RunPhase.Completed, (await cluster.Run(run).GetProgressAsync(Token)).Phase);
        Assert.Equal(RunPhase.Completed, (await cluster.Run(run).PauseAsync(Token)).Phase);
        await cluster.Run(run).CancelAsync(Token);
        Assert.Empty(await cluster.Catalog.AdoptAsync(Token).ToArrayAsync(Token));
        var replica = cluster.Grains.GetGrain<IModelReplicaGrain>("replica-1");
        Assert.Equal("scripted", (await replica.DescribeAsync(Token))!.Identity.Digest);
        Assert.Equal("scripted", (await replica.GetStatusAsync(Token)).Model!.Digest);
        var request = new ModelRequest(Guid.NewGuid(), "held");
        Assert.Equal(ModelRequestStatus.Unchanged, (await replica.LoadAsync(request, Token)).Status);
        var replicas = cluster.Grains.GetGrain<IReplicaCatalogGrain>(0);
        Assert.Equal(
            new ModelAnswer("replica-1", ModelRequestStatus.Unchanged, null), await replicas.LoadAsync(request, ["replica-1"], Token).SingleAsync(Token));
        ReplicaStatus status = await replicas.ListAsync(Token).SingleAsync(Token);
        Assert.Equal(("replica-1", ReplicaPhase.Ready), (status.Replica, status.Phase));
        var benchmark = cluster.Benchmarks.All[1];
        var answered = new List<PredictionOutline>();
        var part0 = new PartAssignment(new(0), 0, Evaluation.Sharding.SampleLines.Write(benchmark.Samples));
        var assignment = new LeaseAssignment(run, [benchmark.Definition], [part0], Guid.NewGuid());
        await foreach (EvaluatedPart part in replica.EvaluateAsync(assignment, Token))
            answered.AddRange(part.Lines is { } lines ? PredictionLines.Outline(lines, "wire") : []);
        await replica.GiveUpAsync(assignment.Lease, Token);
        Assert.Equal(benchmark.Samples.Length, answered.Count);
    }

    private static IEnumerable<string> Describe(Type contract) =>
        contract.GetMethods().OrderBy(method => method.Name, StringComparer.Ordinal)
            .Select(method => $"  {Alias(method)}: {Name(method.ReturnType)} {method.Name}({Parameters(method)})")
            .Prepend($"{Alias(contract)}: {contract.Name}");

    private static string Parameters(MethodInfo method) => string.Join(", ", method.GetParameters().Select(parameter => Name(parameter.ParameterType)));

    private static string Alias(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()!.Alias;

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
