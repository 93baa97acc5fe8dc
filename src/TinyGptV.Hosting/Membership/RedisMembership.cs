using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using StackExchange.Redis;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>Membership in a Redis hash, <c>tinygptv/members/&lt;cluster&gt;</c>; needs no schema.</summary>
internal sealed class RedisMembership : IMembershipStore
{
    private const int FirstAttemptMilliseconds = 2_000;

    private readonly ConfigurationOptions _connection;
    private readonly Lazy<Task<ConnectionMultiplexer>> _queries;

    /// <exception cref="PrerequisiteException">The connection string is invalid.</exception>
    public RedisMembership(SecretText connection)
    {
        ConfigurationOptions? parsed;
        try
        {
            parsed = ConfigurationOptions.Parse(connection.Reveal());
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            parsed = null;
        }
        if (parsed is null or { EndPoints.Count: 0 })
            throw new PrerequisiteException(
                "Cannot parse the Redis connection string of --membership (not shown; it may hold a password). Expected HOST:PORT, then options separated by "
                + "commas, for example redis:6379,user=tinygptv,password=...,ssl=true");
        _connection = parsed;
        // The cluster survives a short loss of its store; the library reconnects by itself.
        _connection.AbortOnConnectFail = false;
        _connection.ClientName = "tinygptv";
        _queries = new Lazy<Task<ConnectionMultiplexer>>(() => ConnectionMultiplexer.ConnectAsync(_connection));
    }

    public string Place => $"Redis at {string.Join(", ", _connection.EndPoints.Select(endpoint => Format(endpoint.ToString()!)))}";

    public async Task<string?> TryPrepareAsync(CancellationToken cancellationToken)
    {
        ConfigurationOptions once = _connection.Clone();
        (once.AbortOnConnectFail, once.ConnectTimeout, once.ConnectRetry) = (true, FirstAttemptMilliseconds, 1);
        try
        {
            await using ConnectionMultiplexer connection = await ConnectionMultiplexer.ConnectAsync(once).WaitAsync(cancellationToken);
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return null;
        }
        catch (RedisConnectionException exception) when (exception.FailureType == ConnectionFailureType.AuthenticationFailure)
        {
            throw new PrerequisiteException($"{Place} refused the user or password. Correct --membership.", exception);
        }
        catch (RedisServerException exception)
        {
            throw new PrerequisiteException($"{Place} refused access; check --membership. It said: {exception.Message}", exception);
        }
        catch (RedisException)
        {
            return "no connection.";
        }
    }

    // The key and the field as Orleans writes them.
    public async Task<bool> ListsAsync(string cluster, SiloAddress silo, CancellationToken cancellationToken)
    {
        IDatabase database = (await _queries.Value.WaitAsync(cancellationToken)).GetDatabase();
        return await database.HashExistsAsync($"{MembershipOptions.DefaultCluster}/members/{cluster}", silo.ToString()).WaitAsync(cancellationToken);
    }

    public void Configure(ISiloBuilder silo) => silo.UseRedisClustering(Connect);

    public void Configure(IClientBuilder client) => client.UseRedisClustering(Connect);

    public async ValueTask DisposeAsync()
    {
        if (_queries is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await _queries.Value).DisposeAsync();
    }

    private void Connect(RedisClusteringOptions options) => options.ConfigurationOptions = _connection;

    // A host name is printed with its address family in front.
    private static string Format(string endpoint) => endpoint[(endpoint.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
