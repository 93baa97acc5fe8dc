using Npgsql;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// Membership in a PostgreSQL database, in a schema of its own. The schema is made by whoever finds it missing; the rights to do so
/// are needed once.
/// </summary>
internal sealed class PostgresMembership : IMembershipStore
{
    /// <summary>Changes with <c>postgres-membership.sql</c>, so that an older schema is brought up to date.</summary>
    public const string SchemaVersion = "1";

    private const string Schema = "tinygptv";
    private const string Invariant = "Npgsql";

    private readonly NpgsqlDataSource _source;

    /// <exception cref="PrerequisiteException">The connection cannot be read.</exception>
    public PostgresMembership(SecretText connection)
    {
        NpgsqlConnectionStringBuilder parsed;
        try
        {
            parsed = new NpgsqlConnectionStringBuilder(connection.Reveal());
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException)
        {
            parsed = [];
        }
        if (string.IsNullOrEmpty(parsed.Host))
            throw new PrerequisiteException(
                "The connection to PostgreSQL cannot be read (it is not repeated here, for it may hold a password). Expected settings with semicolons between them, "
                + "for example Host=postgres;Database=tinygptv;Username=tinygptv;Password=...;SSL Mode=VerifyFull; give it with --membership.");
        // Times are compared between silos, whatever the time zone of the server.
        (parsed.SearchPath, parsed.Timezone, parsed.ApplicationName) = (Schema, "UTC", "tinygptv");
        Place = $"PostgreSQL at {parsed.Host}:{parsed.Port}";
        _source = NpgsqlDataSource.Create(parsed);
    }

    public string Place { get; }

    public async Task<string?> TryPrepareAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken);
            if (!await IsPreparedAsync(connection, cancellationToken))
                await PrepareAsync(connection, cancellationToken);
            return null;
        }
        catch (PostgresException exception) when (!exception.IsTransient)
        {
            throw new PrerequisiteException($"{Place} refuses: {exception.MessageText} ({exception.SqlState}). Correct --membership, or let somebody with more rights start a silo once.", exception);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return "no connection.";
        }
    }

    public void Configure(ISiloBuilder silo) =>
        silo.UseAdoNetClustering(options => (options.Invariant, options.DataSource) = (Invariant, _source));

    public void Configure(IClientBuilder client) =>
        client.UseAdoNetClustering(options => (options.Invariant, options.DataSource) = (Invariant, _source));

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private static async Task<bool> IsPreparedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var there = new NpgsqlCommand("SELECT to_regclass('orleansquery') IS NOT NULL", connection);
        if (await there.ExecuteScalarAsync(cancellationToken) is not true)
            return false;
        await using var version = new NpgsqlCommand("SELECT querytext FROM orleansquery WHERE querykey = 'SchemaVersion'", connection);
        return await version.ExecuteScalarAsync(cancellationToken) is SchemaVersion;
    }

    private static async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        using var script = new StreamReader(typeof(PostgresMembership).Assembly.GetManifestResourceStream("postgres-membership.sql")!);
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(await script.ReadToEndAsync(cancellationToken), connection, transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
