using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;
using Orleans.TestingHost;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Contracts;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Cluster.Runs;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Models;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cluster.Tests.Doubles;

/// <summary>
/// An in-process cluster: the first silos are coordinators, by default one; the n-th silo after the first has the n-th model as
/// <c>replica-n</c>.
/// </summary>
internal sealed class EvaluationCluster : IAsyncDisposable
{
    /// <summary>Far longer than any test takes; a run that never ends fails the test instead of hanging the build.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The program's client time-out; in-process silos poll for 15 s, half of the test cluster's default.</summary>
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    private readonly HeldModel[] _models;
    private readonly int _coordinators;
    private readonly bool _entersByReplicas;
    private readonly InProcessTestCluster _cluster;
    private HeldModel? _latecomer;

    private EvaluationCluster(IEnumerable<HeldModel> models, int coordinators, Action<EvaluationClusterOptions>? configure, bool entersByReplicas = false)
    {
        _models = [.. models];
        _coordinators = coordinators;
        _entersByReplicas = entersByReplicas;
        var builder = new InProcessTestClusterBuilder((short)(coordinators + _models.Length));
        builder.ConfigureSilo((silo, siloBuilder) => Configure(int.Parse(silo.SiloName.Split('_')[^1]), siloBuilder, configure));
        builder.ConfigureClient(client => client.AddEvaluationClient().Configure<ClientMessagingOptions>(options => options.ResponseTimeout = LongestCall));
        _cluster = builder.Build();
    }

    public InMemoryBenchmarks Benchmarks { get; private init; } = new();

    public InMemoryRunStore Store { get; private init; } = new();

    /// <summary>The images that a silo sees, by its number; null if all see those of <see cref="Benchmarks"/>.</summary>
    public Func<int, IImageSource>? Images { get; private init; }

    /// <summary>Checkpoints that every replica can load besides its own.</summary>
    public HeldModel[] Others { get; private init; } = [];

    /// <summary>The model of an optional second replica on every replica silo.</summary>
    public HeldModel[] Beside { get; private init; } = [];

    public IReplicaCatalogGrain Replicas => _cluster.Client.GetGrain<IReplicaCatalogGrain>(0);

    public IRunCatalogGrain Catalog => _cluster.Client.GetGrain<IRunCatalogGrain>(0);

    /// <summary>What is offered to runs on the first coordinator.</summary>
    public ReadingHandover Handover => Handle(0).ServiceProvider.GetRequiredService<ReadingHandover>();

    public IGrainFactory Grains => _cluster.Client;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static Task<EvaluationCluster> StartAsync(
        IEnumerable<IVisionLanguageModel> models, InMemoryBenchmarks? benchmarks = null, InMemoryRunStore? store = null,
        Action<EvaluationClusterOptions>? configure = null, int coordinators = 1, bool entersByReplicas = false,
        Func<int, IImageSource>? images = null) =>
        StartAsync(new EvaluationCluster(models.Select(model => new HeldModel(model)), coordinators, configure, entersByReplicas)
        {
            Benchmarks = benchmarks ?? new(),
            Store = store ?? new(),
            Images = images,
        });

    /// <summary>Starts a cluster whose replicas can load other checkpoints; each silo may have two replicas.</summary>
    public static Task<EvaluationCluster> StartAsync(HeldModel[] models, HeldModel[] others, HeldModel? beside = null) =>
        StartAsync(new EvaluationCluster(models, coordinators: 1, configure: null) { Others = others, Beside = beside is null ? [] : [beside] });

    private static async Task<EvaluationCluster> StartAsync(EvaluationCluster cluster)
    {
        await cluster._cluster.DeployAsync(Token);
        await cluster.WhenKnownAsync();
        return cluster;
    }

    public SiloAddress Silo(int number) => Handle(number).SiloAddress;

    public IEvaluationRunGrain Run(RunId run) => Grains.GetGrain<IEvaluationRunGrain>(run.Value);

    /// <summary>Starts a run, and fails the test if it is not started.</summary>
    public async Task<RunId> StartRunAsync(RunRequest? request = null)
    {
        request ??= new RunRequest { ShardSize = 4 };
        RunStart start = await RepeatedCall.MakeAsync(
            () => Catalog.StartAsync(request, Token).SingleAsync(Token), Patience, TimeProvider.System, Token);
        Assert.Equal(new RunStart(RunStartStatus.Started, start.Run, null), start);
        return start.Run!.Value;
    }

    /// <summary>Watches a run until a condition holds or the run ends.</summary>
    public async Task<RunProgress> WatchUntilAsync(RunId run, Func<RunProgress, bool> condition)
    {
        RunProgress? last = null;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(Patience);
        // FollowAsync rather than WatchAsync: a test may kill the silo this client is connected to.
        await foreach (RunProgress progress in Grains.FollowAsync(run, patience.Token))
        {
            last = progress;
            Assert.All(progress.Benchmarks, benchmark => Assert.InRange(benchmark.Predicted, benchmark.Failed, benchmark.Samples));
            if (condition(progress))
                break;
        }

        return last!;
    }

    public Task<RunProgress> WatchToTheEndAsync(RunId run) => WatchUntilAsync(run, _ => false);

    /// <summary>The number of the coordinator that hosts a run.</summary>
    public Task<int> HomeOfAsync(RunId run) => HomeOfAsync(Run(run));

    /// <summary>The number of the coordinator that hosts a grain.</summary>
    public async Task<int> HomeOfAsync(IAddressable grain)
    {
        SiloAddress? home = await Grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
        return Enumerable.Range(0, _coordinators).Single(number => Silo(number).Equals(home));
    }

    /// <summary>Kills a silo.</summary>
    public Task KillAsync(int number) => _cluster.KillSiloAsync(Handle(number), CancellationToken.None);

    /// <summary>Stops a silo gracefully, as an orchestrator does.</summary>
    public Task StopAsync(int number) => _cluster.StopSiloAsync(Handle(number), CancellationToken.None);

    /// <summary>Starts a silo with a model, with the number and replica name of a killed one or the next free ones.</summary>
    public async Task AddReplicaAsync(IVisionLanguageModel model)
    {
        _latecomer = new HeldModel(model);
        await _cluster.StartAdditionalSiloAsync();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync();

    private InProcessSiloHandle Handle(int number) => _cluster.Silos.Single(silo => silo.Name.EndsWith($"_{number}", StringComparison.Ordinal));

    private void Configure(int number, ISiloBuilder silo, Action<EvaluationClusterOptions>? configure)
    {
        silo.Services.AddSingleton(Images?.Invoke(number) ?? Benchmarks);
        int replica = number - _coordinators + 1;
        // Gateways are on coordinators only: if a client's gateway dies, its calls hang until they time out.
        if (replica > 0 != _entersByReplicas)
            silo.Configure<EndpointOptions>(options => options.GatewayPort = 0);
        if (replica > 0)
        {
            string name = $"replica-{replica}";
            silo.AddModelReplica((_latecomer ?? _models[replica - 1]).As(name, Others));
            foreach (HeldModel beside in Beside)
                silo.AddModelReplica(beside.As($"{name}-beside", Others));
            return;
        }

        silo.Services.AddSingleton<IBenchmarkSource>(Benchmarks);
        silo.Services.AddSingleton<IRunStore>(Store);
        silo.Services.Configure<EvaluationClusterOptions>(Hurry);
        silo.Services.Configure(configure ?? (_ => { }));
        silo.AddEvaluationCoordinator();
    }

    private static void Hurry(EvaluationClusterOptions options)
    {
        options.DiscoveryInterval = TimeSpan.FromMilliseconds(50);
        options.ShortestPause = TimeSpan.FromMilliseconds(1);
        options.LongestPause = TimeSpan.FromMilliseconds(20);
        options.ProgressInterval = TimeSpan.Zero;
        options.AdoptionInterval = TimeSpan.FromMilliseconds(50);
    }

    /// <summary>Waits until every silo has published its facts to the others; before that, calls fail because no silo fits.</summary>
    private async Task WhenKnownAsync()
    {
        for (int number = 1; number <= _models.Length; number++)
            await WhenAnsweredAsync(() => Grains.GetGrain<IModelReplicaGrain>($"replica-{number}").DescribeAsync(Token));
        await WhenAnsweredAsync(() => Catalog.ListAsync(Token).CountAsync(Token).AsTask());
        await WhenSeenByCoordinatorAsync();
    }

    private async Task WhenSeenByCoordinatorAsync()
    {
        var discovery = Handle(0).ServiceProvider.GetRequiredService<ReplicaDiscovery>();
        while (discovery.FindLive().Length < _models.Length * (1 + Beside.Length))
            await Catalog.ListAsync(Token).CountAsync(Token);
    }

    private static async Task WhenAnsweredAsync(Func<Task> ask)
    {
        while (true)
        {
            try
            {
                await ask();
                return;
            }
            catch (OrleansException)
            {
                Token.ThrowIfCancellationRequested();
            }
        }
    }
}
