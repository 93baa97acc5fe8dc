using System.Collections.Immutable;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;

namespace TinyGptV.Cli.Silo;

/// <summary>A way to a cluster's grains: a whole cluster in this process, or a client of one that runs elsewhere.</summary>
internal sealed class ClusterAccess : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(500);

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
    /// <param name="gateways">Gateways of its silos; one that answers is enough.</param>
    /// <param name="wait">How long to try.</param>
    /// <param name="time">Measures <paramref name="wait"/>.</param>
    /// <param name="verbose">Whether the log tells what goes on.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <exception cref="PrerequisiteException">No gateway answers.</exception>
    public static async Task<ClusterAccess> JoinAsync(
        ImmutableArray<ClusterAddress> gateways, TimeSpan wait, TimeProvider time, bool verbose, CancellationToken cancellationToken)
    {
        IPEndPoint[][] endpoints = await Task.WhenAll(gateways.Select(async gateway => (await gateway.ResolveAsync(cancellationToken)).ToArray()));
        var lost = new CancellationTokenSource();
        long start = time.GetTimestamp();
        HostApplicationBuilder builder = QuietHost.CreateBuilder(verbose, LogLevel.Warning);
        builder.UseOrleansClient(client => client
            .UseStaticClustering([.. endpoints.SelectMany(one => one)])
            .Configure<ClusterOptions>(QuietHost.NameCluster)
            .UseConnectionRetryFilter(async (_, token) =>
            {
                if (time.GetElapsedTime(start) >= wait) return false;
                await Task.Delay(RetryInterval, time, token);
                return true;
            })
            .AddClusterConnectionLostHandler((_, _) => lost.Cancel())
            .AddEvaluationClient());

        var connection = new ClientConnection(builder.Build(), lost);
        try
        {
            await connection.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is OrleansException or SiloUnavailableException or TimeoutException)
        {
            await connection.DisposeAsync();
            throw new PrerequisiteException(
                $"No cluster answers at {string.Join(", ", gateways)} after {wait.TotalSeconds:0} s. Start a coordinator with 'tinygptv silo --role coordinator', "
                + "give its gateway with --cluster, or wait longer with --wait.", exception);
        }
        return new ClusterAccess(connection, connection.Grains, lost.Token);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private sealed class ClientConnection(IHost host, CancellationTokenSource lost) : IAsyncDisposable
    {
        public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

        public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            using (lost)
            using (host)
                await host.StopAsync(CancellationToken.None);
        }
    }
}
