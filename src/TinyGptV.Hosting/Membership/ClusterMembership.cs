using System.Net;
using Orleans.Configuration;
using TinyGptV.Cluster.Client;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>What ties a process to one cluster: the cluster's name, its membership store, certificates.</summary>
public sealed class ClusterMembership : IAsyncDisposable
{
    // Frequent refreshes let a client drop a gateway that hangs with its connection open.
    private static readonly TimeSpan GatewayListAge = TimeSpan.FromSeconds(5);

    private readonly string _cluster;
    private readonly ClusterCertificates? _certificates;
    private readonly IMembershipStore? _store;

    private ClusterMembership(MembershipOptions options, IMembershipStore? store)
    {
        _cluster = options.Cluster;
        _certificates = options.Certificates is { } files ? new ClusterCertificates(files) : null;
        _store = store;
    }

    /// <summary>A cluster inside this process.</summary>
    public static ClusterMembership Embedded() => new(new MembershipOptions(), null);

    /// <summary>Reads certificates, connects to the membership store and waits until it answers.</summary>
    /// <param name="options">The cluster.</param>
    /// <param name="wait">How long to wait for the store.</param>
    /// <param name="notices">Shows the user what the process waits for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="PrerequisiteException">A file or the connection string is invalid, or the store refuses access or does not answer.</exception>
    public static async Task<ClusterMembership> OpenAsync(
        MembershipOptions options, TimeSpan wait, TextWriter notices, TimeProvider time, CancellationToken cancellationToken)
    {
        var membership = new ClusterMembership(options, Open(options));
        try
        {
            if (membership._store is { } store)
                await WaitForAsync(store, wait, notices, time, cancellationToken);
            return membership;
        }
        catch
        {
            await membership.DisposeAsync();
            throw;
        }
    }

    /// <summary>The membership store, for messages; null if there is none.</summary>
    public string? Place => _store?.Place;

    /// <summary>Whether the membership store still has the row of a silo; without a store it always has.</summary>
    /// <exception cref="Exception">The store does not answer.</exception>
    public Task<bool> ListsAsync(SiloAddress silo, CancellationToken cancellationToken) =>
        _store?.ListsAsync(_cluster, silo, cancellationToken) ?? Task.FromResult(true);

    /// <param name="silo">The silo that joins.</param>
    /// <param name="primary">The silo that keeps the membership if there is no store.</param>
    public void Configure(ISiloBuilder silo, IPEndPoint primary)
    {
        if (_store is null)
            silo.UseDevelopmentClustering(primary);
        else
            _store.Configure(silo);
        _certificates?.Configure(silo);
        silo.Configure<ClusterOptions>(Name);
    }

    /// <param name="client">The client.</param>
    /// <param name="gateways">The gateways if there is no store.</param>
    public void Configure(IClientBuilder client, IPEndPoint[] gateways)
    {
        if (_store is null)
            client.UseStaticClustering(gateways);
        else
            _store.Configure(client);
        _certificates?.Configure(client);
        client.Configure<ClusterOptions>(Name);
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = GatewayListAge);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
            await _store.DisposeAsync();
    }

    // A new provider is one more class and one more line here.
    private static IMembershipStore? Open(MembershipOptions options) => options.Provider switch
    {
        ClusteringProvider.Redis => new RedisMembership(options.Connection),
        ClusteringProvider.Postgres => new PostgresMembership(options.Connection),
        _ => null,
    };

    private static async Task WaitForAsync(IMembershipStore store, TimeSpan wait, TextWriter notices, TimeProvider time, CancellationToken cancellationToken)
    {
        string? problem = null;
        if (!await Polling.UntilAsync(IsReachedAsync, time, cancellationToken, wait, NoticeAsync))
            throw new PrerequisiteException(
                $"The membership store, {store.Place}, does not answer after {wait.TotalSeconds:0} s: {problem} Start it, correct --membership, "
                + "or raise --wait.")
            {
                MayPass = true,
            };

        async Task<bool> IsReachedAsync() => (problem = await store.TryPrepareAsync(cancellationToken)) is null;
        Task NoticeAsync() => notices.WriteLineAsync($"Waiting for the membership store, {store.Place}");
    }

    private void Name(ClusterOptions options) => (options.ClusterId, options.ServiceId) = (_cluster, MembershipOptions.DefaultCluster);
}
