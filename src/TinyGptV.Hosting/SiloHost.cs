using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TinyGptV.Cluster.Configuration;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Cluster.Placement;
using TinyGptV.Cluster.Replicas;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;
using TinyGptV.Hosting.Web;

namespace TinyGptV.Hosting;

/// <summary>A silo in this process. Disposing it leaves the cluster gracefully.</summary>
public sealed class SiloHost : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(10);

    /// <summary>
    /// A stopping silo updates the membership store. If the store is down, Orleans retries for two minutes regardless of the shutdown time-out,
    /// and an orchestrator kills the process before that; the other silos notice its death either way.
    /// </summary>
    private static readonly TimeSpan LongestStop = StopTime + TimeSpan.FromSeconds(5);

    /// <summary>A silo that does not tell its facts for so long does not keep this one from starting; it is compared later.</summary>
    private static readonly TimeSpan LongestComparison = TimeSpan.FromSeconds(10);

    private readonly IHost _host;
    private readonly IPAddress _address;
    private readonly PortReservation _siloPort;
    private readonly PortReservation? _gatewayPort;
    private CancellationTokenSource? _stop;

    private SiloHost(IHost host, IPAddress address, PortReservation siloPort, PortReservation? gatewayPort) =>
        (_host, _address, _siloPort, _gatewayPort) = (host, address, siloPort, gatewayPort);

    /// <summary>Where other silos reach this one.</summary>
    public IPEndPoint Silo => new(_address, _siloPort.Port);

    /// <summary>Where clients reach this one; null if they cannot.</summary>
    public IPEndPoint? Gateway => _gatewayPort is null ? null : new(_address, _gatewayPort.Port);

    public IServiceProvider Services => _host.Services;

    /// <summary>Ends with the reason when this silo must leave because it uses other stores than its cluster.</summary>
    public Task<string> WhenRefused => Services.GetRequiredService<SiloAgreement>().WhenRefused;

    /// <summary>Ends when the membership store has forgotten this silo; never if there is no store.</summary>
    public Task WhenForgotten { get; private init; } = Task.Delay(Timeout.InfiniteTimeSpan);

    /// <summary>Starts a silo; on return it is a member of its cluster.</summary>
    /// <exception cref="PrerequisiteException">A requested port is taken, the coordinator does not answer, or the cluster uses other stores.</exception>
    public static async Task<SiloHost> StartAsync(SiloSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        SiloEndpoints endpoints = settings.Endpoints;
        PortReservation? siloPort = null, gatewayPort = null;
        IHost? host = null;
        try
        {
            siloPort = Take(endpoints, endpoints.SiloPort, "--silo-port");
            gatewayPort = endpoints.GatewayPort is { } port ? Take(endpoints, port, "--gateway-port") : null;
            host = Build(settings, siloPort.Port, gatewayPort?.Port ?? 0, time);
            await host.StartAsync(cancellationToken);
            await AgreeAsync(host, time, cancellationToken);
            return Started(host, settings, siloPort, gatewayPort, time);
        }
        catch
        {
            // A silo that never ran cannot be stopped, only disposed.
            host?.Dispose();
            gatewayPort?.Dispose();
            siloPort?.Dispose();
            throw;
        }
    }

    private static SiloHost Started(IHost host, SiloSettings settings, PortReservation siloPort, PortReservation? gatewayPort, TimeProvider time)
    {
        if (settings.Membership.Place is null)
            return new SiloHost(host, settings.Endpoints.Advertised, siloPort, gatewayPort);
        SiloAddress self = host.Services.GetRequiredService<ILocalSiloDetails>().SiloAddress;
        var row = new OwnRow(token => settings.Membership.ListsAsync(self, token), time);
        var stop = new CancellationTokenSource();
        return new SiloHost(host, settings.Endpoints.Advertised, siloPort, gatewayPort) { _stop = stop, WhenForgotten = row.WhenGoneAsync(stop.Token) };
    }

    /// <summary>Waits until this silo has seen which stores the others use.</summary>
    private static async Task AgreeAsync(IHost host, TimeProvider time, CancellationToken cancellationToken)
    {
        var agreement = host.Services.GetRequiredService<SiloAgreement>();
        await Task.WhenAny(agreement.WhenCompared, agreement.WhenRefused, Task.Delay(LongestComparison, time, cancellationToken));
        if (!agreement.WhenRefused.IsCompleted)
            return;
        await Task.WhenAny(host.StopAsync(CancellationToken.None), Task.Delay(LongestStop, time, CancellationToken.None));
        throw new PrerequisiteException(await agreement.WhenRefused);
    }

    /// <summary>Drains this silo's replicas: they finish the work in flight and take no more.</summary>
    /// <returns>True if all work was finished in time.</returns>
    public async Task<bool> DrainAsync(TimeSpan grace, TimeProvider time)
    {
        if (Services.GetService<ReplicaDrain>() is not { } drain)
            return true;
        using var end = new CancellationTokenSource(grace, time);
        return await drain.DrainAsync(end.Token);
    }

    public async ValueTask DisposeAsync()
    {
        using (_siloPort)
        using (_gatewayPort)
        using (_stop)
        {
            if (_stop is not null)
                await _stop.CancelAsync();
            Task stopping = _host.StopAsync(CancellationToken.None);
            await Task.WhenAny(stopping, Task.Delay(LongestStop));
            if (!stopping.IsCompleted)
                return; // it ends with the process
            _host.Dispose();
            await stopping;
        }
    }

    private static PortReservation Take(SiloEndpoints endpoints, int port, string option)
    {
        IPAddress address = endpoints.Listening ?? endpoints.Advertised;
        return PortReservation.TryTake(address, port) ?? throw new PrerequisiteException(port == 0
            ? $"No free port on {address}. Close programs that use many ports, or check --advertise and --listen."
            : $"Port {port} of {address} is taken, perhaps by another silo. Stop that silo, or choose another port with {option} (0 = any free port).");
    }

    private static IHost Build(SiloSettings settings, int siloPort, int gatewayPort, TimeProvider time)
    {
        // With both roles in one process, the run's display shows problems; do not log them too.
        LogLevel own = settings.IsEmbedded ? LogLevel.None : LogLevel.Warning;
        if (settings.Dashboard is { } endpoint)
            return DashboardHost.Build(endpoint, settings.Log, own, builder => Configure(builder, settings, siloPort, gatewayPort, time));
        HostApplicationBuilder builder = QuietHost.CreateBuilder(settings.Log, own);
        Configure(builder, settings, siloPort, gatewayPort, time);
        return builder.Build();
    }

    private static void Configure(IHostApplicationBuilder builder, SiloSettings settings, int siloPort, int gatewayPort, TimeProvider time)
    {
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = StopTime);
        builder.UseOrleans(silo =>
        {
            settings.Membership.Configure(silo, settings.Primary ?? new IPEndPoint(settings.Endpoints.Advertised, siloPort));
            silo.Configure<EndpointOptions>(options => Listen(options, settings.Endpoints, siloPort, gatewayPort))
                .Configure<Orleans.Configuration.SiloOptions>(options => options.SiloName = settings.Name);
            if (settings.FatalErrors is { } fatalErrors)
                silo.Services.AddSingleton(fatalErrors);
            if (settings.Traced)
                silo.AddActivityPropagation();
            if (settings.Coordinator is { } coordinator)
                AddCoordinator(silo, coordinator);
            // An embedded cluster serves one run; it does not restart unfinished runs of earlier processes.
            if (settings is { Coordinator: not null, Replica: not null })
                silo.Configure<EvaluationClusterOptions>(options => options.AdoptsRuns = false);
            if (settings.Replica is { } replica)
                AddReplicas(silo, replica);
            silo.PublishStores(settings.Runs, settings.Data);
        });
    }

    private static void Listen(EndpointOptions options, SiloEndpoints endpoints, int siloPort, int gatewayPort)
    {
        (options.AdvertisedIPAddress, options.SiloPort, options.GatewayPort) = (endpoints.Advertised, siloPort, gatewayPort);
        IPAddress address = endpoints.Listening ?? endpoints.Advertised;
        options.SiloListeningEndpoint = new IPEndPoint(address, siloPort);
        if (gatewayPort != 0)
            options.GatewayListeningEndpoint = new IPEndPoint(address, gatewayPort);
    }

    private static void AddCoordinator(ISiloBuilder silo, CoordinatorStorage storage)
    {
        silo.Services.AddSingleton(storage.Benchmarks);
        silo.Services.AddSingleton(storage.Images);
        silo.Services.AddSingleton(storage.Runs);
        silo.Services.AddSingleton(storage.Processes);
        silo.AddEvaluationCoordinator();
    }

    private static void AddReplicas(ISiloBuilder silo, ReplicaRole role)
    {
        silo.Services.AddSingleton(role.Images);
        foreach (ReplicaModel model in role.Replicas.Models)
            silo.AddModelReplica(model);
    }
}
