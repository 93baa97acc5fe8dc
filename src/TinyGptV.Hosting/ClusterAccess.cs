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

/// <summary>A way to a cluster's grains: a whole cluster in this process, or a client of one that runs elsewhere.</summary>
public sealed class ClusterAccess : IAsyncDisposable
{
    /// <summary>What people do who only asked something of a cluster that was lost meanwhile.</summary>
    public const string AskLater = "Give the same command when it is there again.";

    // A call through a living gateway to a silo that died is answered by nobody. Every call is shorter than this: what takes long is a stream.
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(10);

    /// <summary>Longer than another silo takes to have the grains of one that died.</summary>
    private static readonly TimeSpan ShortestPatience = TimeSpan.FromMinutes(1);

    private readonly IAsyncDisposable _connection;
    private readonly TimeSpan _patience;

    // Cancelled when there has been no gateway for as long as the entrance says. A cluster that comes back sooner, be it that every silo was
    // killed, is used on.
    private readonly CancellationToken _lost;

    private ClusterAccess(IAsyncDisposable connection, IGrainFactory grains, TimeSpan patience, CancellationToken? lost) =>
        (_connection, Grains, _patience, _lost, IsEmbedded) = (connection, grains, patience, lost ?? CancellationToken.None, lost is null);

    public IGrainFactory Grains { get; }

    /// <summary>True if the cluster ends with this process.</summary>
    public bool IsEmbedded { get; }

    /// <summary>Starts coordinator and replica in this process.</summary>
    public static async Task<ClusterAccess> EmbedAsync(SiloSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        SiloHost silo = await SiloHost.StartAsync(settings, time, cancellationToken);
        return new ClusterAccess(silo, silo.Services.GetRequiredService<IGrainFactory>(), patience: default, lost: null);
    }

    /// <summary>Joins a running cluster as a client.</summary>
    /// <param name="entrance">Where and for how long to try; one gateway that answers is enough.</param>
    /// <param name="notices">Tells people what is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">What the log says.</param>
    /// <param name="cancellationToken">Gives up early.</param>
    /// <exception cref="PrerequisiteException">Neither the membership store nor a gateway answers.</exception>
    public static async Task<ClusterAccess> JoinAsync(
        ClusterEntrance entrance, TextWriter notices, TimeProvider time, LogOptions log, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        IPEndPoint[][] endpoints = await Task.WhenAll(entrance.Gateways.Select(async gateway => (await gateway.ResolveAsync(cancellationToken)).ToArray()));
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
                + "give its gateway with --cluster, or wait longer with --wait.", exception);
        }
        return new ClusterAccess(connection, connection.Grains, entrance.Wait > ShortestPatience ? entrance.Wait : ShortestPatience, gateways.Lost);
    }

    /// <summary>Makes a call that may be repeated, and repeats it when a silo was lost on its way.</summary>
    public Task<T> AskAsync<T>(Func<ValueTask<T>> call, TimeProvider time, CancellationToken cancellationToken) =>
        IsEmbedded ? call().AsTask().WaitAsync(cancellationToken) : RepeatedCall.MakeAsync(call, _patience, time, cancellationToken);

    /// <summary>Does something with the cluster for as long as it is there.</summary>
    /// <param name="work">What is done; its token is cancelled when the cluster is lost.</param>
    /// <param name="then">What people do if that happens.</param>
    /// <param name="cancellationToken">Ends it early.</param>
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
            throw new PrerequisiteException($"The cluster is lost: no coordinator answers any more. {then}", exception);
        }
    }

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
