using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using TinyGptV.Cli.Files;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Benchmarks;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Cli.Silo;

/// <summary>A silo that runs in this process, on loopback. Disposing it leaves the cluster in an orderly way.</summary>
internal sealed class SiloHost : IAsyncDisposable
{
    private const int MostAttempts = 20;

    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(20);

    private readonly IHost _host;

    private SiloHost(IHost host, IPEndPoint silo, IPEndPoint? gateway) => (_host, Silo, Gateway) = (host, silo, gateway);

    /// <summary>Where other silos reach this one.</summary>
    public IPEndPoint Silo { get; }

    /// <summary>Where clients reach this one; null if they cannot.</summary>
    public IPEndPoint? Gateway { get; }

    public IServiceProvider Services => _host.Services;

    /// <summary>
    /// Starts a silo. A port that is left open is chosen here and may be taken by someone else before the silo listens on it;
    /// then another is tried.
    /// </summary>
    /// <exception cref="PrerequisiteException">A port that was asked for is taken.</exception>
    public static async Task<SiloHost> StartAsync(SiloSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            var silo = new IPEndPoint(IPAddress.Loopback, settings.SiloPort ?? FreePort());
            IPEndPoint? gateway = settings.GatewayPort == 0 ? null : new IPEndPoint(IPAddress.Loopback, settings.GatewayPort ?? FreePort());
            IHost host = Build(settings, silo, gateway, time);
            try
            {
                await host.StartAsync(cancellationToken);
                return new SiloHost(host, silo, gateway);
            }
            catch (Exception exception)
            {
                await StopAsync(host);
                if (!IsPortTaken(exception) || attempt == MostAttempts) throw;
                if (settings is { SiloPort: not null, GatewayPort: not null })
                    throw new PrerequisiteException($"Port {silo.Port} or {gateway?.Port} of this machine is taken. Choose others with --silo-port and --gateway-port.", exception);
            }
        }
    }

    public ValueTask DisposeAsync() => StopAsync(_host);

    private static IHost Build(SiloSettings settings, IPEndPoint siloEndpoint, IPEndPoint? gateway, TimeProvider time)
    {
        HostApplicationBuilder builder = QuietHost.CreateBuilder(settings.Verbose);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = GracePeriod);
        builder.UseOrleans(silo =>
        {
            silo.UseDevelopmentClustering(settings.Primary ?? siloEndpoint)
                .ConfigureEndpoints(IPAddress.Loopback, siloEndpoint.Port, gateway?.Port ?? 0)
                .Configure<ClusterOptions>(QuietHost.NameCluster)
                .Configure<Orleans.Configuration.SiloOptions>(options => options.SiloName = settings.Name);
            if (settings.Coordinator is { } coordinator) AddCoordinator(silo, coordinator, time);
            if (settings.Replica is { } replica) AddReplica(silo, settings.Name, replica);
        });
        return builder.Build();
    }

    private static void AddCoordinator(ISiloBuilder silo, CoordinatorFolders folders, TimeProvider time)
    {
        silo.Services.AddSingleton<IBenchmarkSource>(new BenchmarkFolder(folders.Benchmarks, folders.ShippedBenchmarks));
        silo.Services.AddSingleton<IRunStore>(new RunFolder(folders.Runs, time));
        silo.AddEvaluationCoordinator();
    }

    private static void AddReplica(ISiloBuilder silo, string name, LoadedReplica replica)
    {
        silo.Services.AddSingleton(replica.Model);
        silo.Services.AddSingleton<IImageSource>(new ImageFolder(replica.Benchmarks));
        silo.AddModelReplica(name);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static bool IsPortTaken(Exception? exception) => exception switch
    {
        null => false,
        SocketException socket => socket.SocketErrorCode == SocketError.AddressAlreadyInUse,
        AggregateException many => many.InnerExceptions.Any(IsPortTaken),
        _ => IsPortTaken(exception.InnerException),
    };

    private static async ValueTask StopAsync(IHost host)
    {
        using (host) await host.StopAsync(CancellationToken.None);
    }
}
