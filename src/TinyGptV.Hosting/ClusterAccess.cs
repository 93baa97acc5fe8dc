using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using TinyGptV.Cluster.Client;
using TinyGptV.Cluster.Hosting;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Logging;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting;

/// <summary>Access to a cluster's grains: an embedded cluster in this process, or a client of a running one.</summary>
public sealed class ClusterAccess : IAsyncDisposable
{
    /// <summary>Advice when the cluster is lost during a query.</summary>
    public const string AskLater = "Run the same command again when it is back.";

    // A call through a live gateway to a dead silo is never answered. Every call is shorter than this; slow methods are streams.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    /// <summary>Longer than it takes another silo to take over the grains of a dead one.</summary>
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMinutes(1);

    private readonly IAsyncDisposable _connection;
    private readonly TimeSpan _patience;

    // Cancelled when there was no gateway for the entrance's wait time. A cluster that comes back sooner stays in use, even if every silo was
    // killed.
    private readonly CancellationToken _lost;

    private ClusterAccess(IAsyncDisposable connection, IGrainFactory grains, TimeSpan patience, CancellationToken? lost) =>
        (_connection, Grains, _patience, _lost, IsEmbedded) = (connection, grains, patience, lost ?? CancellationToken.None, lost is null);

    public IGrainFactory Grains { get; }

    /// <summary>True if the cluster ends with this process.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Starts a coordinator and its replicas in this process.</summary>
    /// <exception cref="PrerequisiteException">The machine stood still for so long that the silo could not start.</exception>
    public static async Task<ClusterAccess> EmbedAsync(SiloSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            SiloHost silo = await SiloHost.StartAsync(settings, time, cancellationToken);
            return new ClusterAccess(silo, silo.Services.GetRequiredService<IGrainFactory>(), ShortestPatience, lost: null);
        }
        catch (Exception exception) when (SiloLoss.Explains(exception))
        {
            throw Stalled("Run the same command again.", exception);
        }
    }

    /// <summary>Joins a running cluster as a client.</summary>
    /// <param name="entrance">Where to connect and how long to try; one gateway is enough.</param>
    /// <param name="notices">Shows the user what the client waits for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Log options.</param>
    /// <param name="cancellationToken">Stops trying.</param>
    /// <exception cref="PrerequisiteException">Neither the membership store nor a gateway answers.</exception>
    public static async Task<ClusterAccess> JoinAsync(
        ClusterEntrance entrance, TextWriter notices, TimeProvider time, LogOptions log, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        IPEndPoint[][] endpoints = await Task.WhenAll(
            entrance.Gateways.Select(async gateway => (await gateway.ResolveAsync(cancellationToken)).ToArray()));
        ClusterMembership membership = await ClusterMembership.OpenAsync(entrance.Membership, entrance.Wait, notices, time, cancellationToken);
        var gateways = new GatewayLoss(entrance.Wait, notices, time);
        HostApplicationBuilder builder = QuietHost.CreateBuilder(log, LogLevel.Warning);
        builder.UseOrleansClient(client =>
        {
            membership.Configure(client, [.. endpoints.SelectMany(one => one)]);
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                if (time.GetElapsedTime(start) >= entrance.Wait)
                    return false;
                await Task.Delay(Polling.Pause, time, token);
                return true;
            })
            .AddGatewayCountChangedHandler(gateways.OnGatewayCountChanged)
            .AddOutgoingGrainCallFilter(gateways)
            .Configure<ClientMessagingOptions>(options => options.ResponseTimeout = LongestCall)
            .AddEvaluationClient();
        });

        var connection = new ClientConnection(builder.Build(), membership, gateways);
        try
        {
            await connection.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is OrleansException or SiloUnavailableException or TimeoutException)
        {
            await connection.DisposeAsync();
            throw new PrerequisiteException(
                $"No cluster answers at {entrance} after {entrance.Wait.TotalSeconds:0} s. Start a coordinator with 'tinygptv silo --role coordinator', "
                + "correct --cluster, or raise --wait.", exception)
            {
                MayPass = true,
            };
        }
        return new ClusterAccess(connection, connection.Grains, entrance.Wait > ShortestPatience ? entrance.Wait : ShortestPatience, gateways.Lost);
    }

    /// <summary>Makes an idempotent call and retries it when a silo is lost.</summary>
    public Task<T> AskAsync<T>(Func<ValueTask<T>> call, TimeProvider time, CancellationToken cancellationToken) =>
        RepeatedCall.MakeAsync(call, _patience, time, cancellationToken);

    /// <summary>Runs work until it ends or the cluster is lost.</summary>
    /// <param name="work">The work; its token is cancelled when the cluster is lost.</param>
    /// <param name="then">Advice to the user in that case.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="PrerequisiteException">The cluster is lost.</exception>
    public async Task<T> WhileThereAsync<T>(Func<CancellationToken, Task<T>> work, string then, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _lost);
        try
        {
            return await work(ended.Token);
        }
        catch (Exception exception) when (!IsEmbedded && !cancellationToken.IsCancellationRequested
            && (exception is OperationCanceledException || SiloLoss.Explains(exception)))
        {
            throw new PrerequisiteException($"The cluster is lost: no coordinator answers. {then}", exception) { MayPass = true };
        }
        catch (Exception exception) when (IsEmbedded && !cancellationToken.IsCancellationRequested && SiloLoss.Explains(exception))
        {
            throw Stalled("What was predicted is kept; the same command continues the run.", exception);
        }
    }

    /// <summary>The silo of this process lost a call or gave itself up: no other process is involved.</summary>
    private static PrerequisiteException Stalled(string then, Exception exception) => new(
        $"This process got no answer from itself for too long: the machine was suspended or is overloaded ({exception.GetType().Name}). {then}", exception);

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private sealed class ClientConnection(IHost host, ClusterMembership membership, GatewayLoss gateways) : IAsyncDisposable
    {
        public IGrainFactory Grains => host.Services.GetRequiredService<IGrainFactory>();

        public Task StartAsync(CancellationToken cancellationToken) => host.StartAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            gateways.Leave();
            await using (membership)
            using (gateways)
            using (host)
                await host.StopAsync(CancellationToken.None);
        }
    }
}
