using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using TinyGptV.Evaluation;
using TinyGptV.Hosting.Membership;

namespace TinyGptV.Hosting.Tests.Membership;

/// <summary>What the cluster needs from a membership store, tested with real servers.</summary>
public sealed class MembershipStoreTests(StartedOnce<RedisServer> redis, StartedOnce<PostgresServer> postgres)
{
    public enum Server
    {
        Redis,
        Postgres,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Server.Redis)]
    [InlineData(Server.Postgres)]
    public async Task Only_one_of_two_writers_who_have_seen_the_same_version_succeeds(Server server)
    {
        await using IMembershipStore store = await OpenAsync(server);
        using IHost host = HostWith(store, nameof(Only_one_of_two_writers_who_have_seen_the_same_version_succeeds));
        IMembershipTable table = await TableOfAsync(host);
        TableVersion seen = (await table.ReadAllAsync(Token)).Version;

        bool[] written = await Task.WhenAll(Enumerable.Range(1, 4).Select(port => table.InsertRowAsync(EntryOf(port), seen.Next(), Token)));

        Assert.Single(written, success => success);
        MembershipTableData after = await table.ReadAllAsync(Token);
        Assert.Single(after.Members);
        Assert.Equal(seen.Version + 1, after.Version.Version);
    }

    [Theory]
    [InlineData(Server.Redis)]
    [InlineData(Server.Postgres)]
    public async Task Silo_entry_can_be_read_until_it_is_long_dead(Server server)
    {
        await using IMembershipStore store = await OpenAsync(server);
        using IHost host = HostWith(store, nameof(Silo_entry_can_be_read_until_it_is_long_dead));
        IMembershipTable table = await TableOfAsync(host);
        MembershipEntry entry = EntryOf(1), other = EntryOf(2);
        Assert.True(await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token));
        Assert.True(await table.InsertRowAsync(other, (await table.ReadAllAsync(Token)).Version.Next(), Token));
        Assert.False(await table.InsertRowAsync(entry, (await table.ReadAllAsync(Token)).Version.Next(), Token));

        entry.AddSuspector(other.SiloAddress, entry.StartTime);
        entry.Status = SiloStatus.Dead;
        MembershipTableData before = await table.ReadRowAsync(entry.SiloAddress, Token);
        Assert.True(await table.UpdateRowAsync(entry, before.Members[0].Item2, before.Version.Next(), Token));
        Assert.False(await table.UpdateRowAsync(entry, before.Members[0].Item2, before.Version.Next(), Token));

        MembershipEntry read = Assert.Single((await table.ReadRowAsync(entry.SiloAddress, Token)).Members).Item1;
        Assert.Equal(
            (entry.SiloAddress, "silo-1", SiloStatus.Dead, 30_001, entry.StartTime),
            (read.SiloAddress, read.SiloName, read.Status, read.ProxyPort, read.StartTime));
        Assert.Equal(other.SiloAddress, Assert.Single(read.SuspectTimes!).Item1);

        other.IAmAliveTime = entry.StartTime.AddMinutes(1);
        await table.UpdateIAmAliveAsync(other, Token);
        Assert.Equal(other.IAmAliveTime, (await table.ReadRowAsync(other.SiloAddress, Token)).Members[0].Item1.IAmAliveTime);

        await table.CleanupDefunctSiloEntriesAsync(entry.StartTime.AddSeconds(1), Token);
        Assert.Equal(other.SiloAddress, Assert.Single((await table.ReadAllAsync(Token)).Members).Item1.SiloAddress);
    }

    [Theory]
    [InlineData(Server.Redis)]
    [InlineData(Server.Postgres)]
    public async Task ListsAsync_finds_the_row_of_a_silo_until_the_store_is_emptied(Server server)
    {
        const string cluster = nameof(ListsAsync_finds_the_row_of_a_silo_until_the_store_is_emptied);
        await using IMembershipStore store = await OpenAsync(server);
        using IHost host = HostWith(store, cluster, MembershipOptions.DefaultCluster);
        IMembershipTable table = await TableOfAsync(host);
        Assert.False(await store.ListsAsync(cluster, EntryOf(1).SiloAddress, Token));
        Assert.True(await table.InsertRowAsync(EntryOf(1), (await table.ReadAllAsync(Token)).Version.Next(), Token));

        Assert.True(await store.ListsAsync(cluster, EntryOf(1).SiloAddress, Token));
        Assert.False(await store.ListsAsync(cluster, EntryOf(2).SiloAddress, Token));
        Assert.False(await store.ListsAsync("another-cluster", EntryOf(1).SiloAddress, Token));
        await table.DeleteMembershipTableEntriesAsync(cluster, Token);
        Assert.False(await store.ListsAsync(cluster, EntryOf(1).SiloAddress, Token));
    }

    [Fact]
    public async Task OwnRow_is_gone_when_it_is_missing_twice_and_not_when_the_store_does_not_answer()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var answers = new Queue<Func<bool>>([() => true, () => false, () => throw new TimeoutException(), () => false, () => true, () => false, () => false]);
        Task gone = new OwnRow(_ => Task.FromResult(answers.Dequeue()()), time).WhenGoneAsync(Token);

        while (!gone.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await gone.WaitAsync(Token);
        Assert.Empty(answers); // not before the last two answers, and not after
    }

    [Fact]
    public async Task Silos_that_start_together_create_the_schema_once()
    {
        string connection = (await postgres.GetAsync()).Connection;
        PostgresMembership[] stores = [.. Enumerable.Range(0, 6).Select(_ => new PostgresMembership(new SecretText(connection)))];

        string?[] problems = await Task.WhenAll(stores.Select(store => store.TryPrepareAsync(Token)));

        Assert.All(problems, Assert.Null);
        foreach (PostgresMembership store in stores)
            await store.DisposeAsync();
    }

    [Theory]
    [InlineData(Server.Redis)]
    [InlineData(Server.Postgres)]
    public async Task Wrong_password_is_refused_at_once_and_not_shown(Server server)
    {
        await using IMembershipStore store = await StoreOfAsync(server, text => text.Replace("swordfish", "wrong-fish", StringComparison.Ordinal));

        PrerequisiteException refusal = await Assert.ThrowsAsync<PrerequisiteException>(() => store.TryPrepareAsync(Token));

        Assert.Contains("refused", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("fish", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SecretText_is_not_shown() => Assert.Equal("MembershipOptions { Cluster = tinygptv, Provider = Redis, Connection = ***, Certificates =  }",
        new MembershipOptions { Provider = ClusteringProvider.Redis, Connection = new SecretText((await redis.GetAsync()).Connection) }.ToString());

    private async Task<IMembershipStore> OpenAsync(Server server)
    {
        IMembershipStore store = await StoreOfAsync(server, text => text);
        Assert.Null(await store.TryPrepareAsync(Token));
        return store;
    }

    private async Task<IMembershipStore> StoreOfAsync(Server server, Func<string, string> change) => server == Server.Redis
        ? new RedisMembership(new SecretText(change((await redis.GetAsync()).Connection)))
        : new PostgresMembership(new SecretText(change((await postgres.GetAsync()).Connection)));

    private static IHost HostWith(IMembershipStore store, string cluster, string service = "tests")
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.UseOrleans(silo =>
        {
            store.Configure(silo);
            silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, service));
        });
        return builder.Build();
    }

    private static async Task<IMembershipTable> TableOfAsync(IHost host)
    {
        var table = host.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true, Token);
        return table;
    }

    private static MembershipEntry EntryOf(int number) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11_000 + number, 7),
        SiloName = $"silo-{number}",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 30_000 + number,
        StartTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
        IAmAliveTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
    };
}
