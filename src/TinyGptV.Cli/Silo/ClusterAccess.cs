using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TinyGptV.Cli.Membership;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Silo;

/// <summary>A way to a cluster's grains: a whole cluster in this process, or a client of one that runs elsewhere.</summary>
internal sealed class ClusterAccess : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

    // A call through a living gateway to a silo that died is answered by nobody. Every call is shorter than this, or says that it is longer.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LongestRepetition = TimeSpan.FromMinutes(1);

    private readonly IAsyncDisposable _connection;

    private ClusterAccess(IAsyncDisposable connection, IGrainFactory grains, CancellationToken? lost) =>
        (_connection, Grains, Lost, IsEmbedded) = (connection, grains, lost ?? CancellationToken.None, lost is null);

    public IGrainFactory Grains { get; }

    /// <summary>
    /// Cancelled when no gateway is left. Calls under way do not end by themselves then, but wait for their time-out, which is
    /// minutes for some: give this token to them.
    /// </summary>
    public CancellationToken Lost { get; }

    /// <summary>True if the cluster ends with this process.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Starts coordinator and replica in this process.</summary>
    public static async Task<ClusterAccess> EmbedAsync(SiloSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        SiloHost silo = await SiloHost.StartAsync(settings, time, cancellationToken);
        return new ClusterAccess(silo, silo.Services.GetRequiredService<IGrainFactory>(), lost: null);
    }

    /// <summary>Joins a running cluster as a client.</summary>
    /// <param name="entrance">Where and for how long to try; one gateway that answers is enough.</param>
    /// <param name="environment">Measures the time and tells people what is waited for.</param>
    /// <param name="log">What the log says.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <exception cref="PrerequisiteException">Neither the membership store nor a gateway answers.</exception>
    public static async Task<ClusterAccess> JoinAsync(ClusterEntrance entrance, ProgramEnvironment environment, LogOptions log, CancellationToken cancellationToken)
    {
        long start = environment.Time.GetTimestamp();
        IPEndPoint[][] endpoints = await Task.WhenAll(entrance.Gateways.Select(async gateway => (await gateway.ResolveAsync(cancellationToken)).ToArray()));
        ClusterMembership membership = await ClusterMembership.OpenAsync(entrance.Membership, entrance.Wait, environment, cancellationToken);
        var lost = new CancellationTokenSource();
        var gateways = new GatewayLoss();
        HostApplicationBuilder builder = QuietHost.CreateBuilder(log, LogLevel.Warning);
        builder.UseOrleansClient(client =>
        {
            membership.Configure(client, [.. endpoints.SelectMany(one => one)]);
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                if (environment.Time.GetElapsedTime(start) >= entrance.Wait) return false;
                await Task.Delay(RetryInterval, environment.Time, token);
                return true;
            })
            .AddClusterConnectionLostHandler((_, _) => lost.Cancel())
            .AddGatewayCountChangedHandler(gateways.OnGatewayCountChanged)
            .AddOutgoingGrainCallFilter(gateways)
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = LongestCall)
            .AddEvaluationClient();
        });

        var connection = new ClientConnection(builder.Build(), membership, lost);
        try
        {
            await connection.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is OrleansException or SiloUnavailableException or TimeoutException)
        {
            await connection.DisposeAsync();
            throw new PrerequisiteException(
                $"No cluster answers at {entrance} after {entrance.Wait.TotalSeconds:0} s. Start a coordinator with 'tinygptv silo --role coordinator', "
                + "give its gateway with --cluster, or wait longer with --wait.", exception);
        }
        return new ClusterAccess(connection, connection.Grains, lost.Token);
    }

    /// <summary>Makes a call that may be repeated, and repeats it when a silo was lost on its way.</summary>
    public async Task<T> AskAsync<T>(Func<Task<T>> call, TimeProvider time, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await call().WaitAsync(cancellationToken);
            }
            catch (Exception exception) when (!IsEmbedded && exception is OrleansException or TimeoutException && time.GetElapsedTime(began) < LongestRepetition)
            {
                await Task.Delay(RetryInterval, time, cancellationToken);
            }
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private sealed class ClientConnection(IHost host, ClusterMembership membership, CancellationTokenSource lost) : IAsyncDisposable
    {
        public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

        public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await using (membership)
            using (lost)
            using (host)
                await host.StopAsync(CancellationToken.None);
        }
    }
}
