using Npgsql;
using TinyGptV.Evaluation;

namespace TinyGptV.Hosting.Membership;

/// <summary>
/// Membership in a PostgreSQL database, in a schema of its own. The first process that finds the schema missing creates it, so the right to
/// do so is needed once.
/// </summary>
internal sealed class PostgresMembership : IMembershipStore
{
    /// <summary>Raise it with every change of <c>postgres-membership.sql</c>, so that older schemas are upgraded.</summary>
    public const string SchemaVersion = "1";

    private const string Schema = "tinygptv";
    private const string Invariant = "Npgsql";

    private readonly NpgsqlDataSource _source;

    /// <exception cref="PrerequisiteException">The connection string is invalid.</exception>
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
                "Cannot parse the PostgreSQL connection string of --membership (not shown; it may hold a password). Expected settings separated by "
                + "semicolons, for example Host=postgres;Database=tinygptv;Username=tinygptv;Password=...;SSL Mode=VerifyFull");
        // Silos compare times, so they must not depend on the server's time zone.
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
            throw new PrerequisiteException(
                $"{Place} refused: {exception.MessageText} ({exception.SqlState}). Correct --membership, or start one silo with an account that may create "
                + "the schema.",
                exception);
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException)
        {
            return "no connection.";
        }
    }

    public async Task<bool> ListsAsync(string cluster, SiloAddress silo, CancellationToken cancellationToken)
    {
        await using NpgsqlCommand query = _source.CreateCommand(
            "SELECT EXISTS (SELECT FROM silo WHERE cluster_id = $1 AND address = $2 AND port = $3 AND generation = $4)");
        foreach (object value in new object[] { cluster, silo.Endpoint.Address.ToString(), silo.Endpoint.Port, silo.Generation })
            query.Parameters.Add(new NpgsqlParameter { Value = value });
        try
        {
            return await query.ExecuteScalarAsync(cancellationToken) is true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return false;
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
