using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using StackExchange.Redis;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>Membership in a Redis hash, <c>tinygptv/members/&lt;cluster&gt;</c>; nothing has to be prepared there.</summary>
internal sealed class RedisMembership : IMembershipStore
{
    private const int FirstAttemptMilliseconds = 2_000;

    private readonly ConfigurationOptions _connection;

    /// <exception cref="PrerequisiteException">The connection cannot be read.</exception>
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
                "The connection to Redis cannot be read (it is not repeated here, for it may hold a password). Expected HOST:PORT, then options with commas between them, "
                + "for example redis:6379,user=tinygptv,password=...,ssl=true; give it with --membership.");
        _connection = parsed;
        // The cluster outlives its store for a while; the library comes back to it by itself.
        _connection.AbortOnConnectFail = false;
        _connection.ClientName = "tinygptv";
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
            throw new PrerequisiteException($"{Place} refuses the user or the password of --membership.", exception);
        }
        catch (RedisServerException exception)
        {
            throw new PrerequisiteException($"{Place} refuses: {exception.Message}", exception);
        }
        catch (RedisException)
        {
            return "no connection.";
        }
    }

    public void Configure(ISiloBuilder silo) => silo.UseRedisClustering(Connect);

    public void Configure(IClientBuilder client) => client.UseRedisClustering(Connect);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Connect(RedisClusteringOptions options) => options.ConfigurationOptions = _connection;

    // An endpoint that is a name is printed with its address family before it.
    private static string Format(string endpoint) => endpoint[(endpoint.IndexOf('/', StringComparison.Ordinal) + 1)..];
}
