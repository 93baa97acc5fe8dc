using System.Globalization;
using Npgsql;

namespace TinyGptV.Fixtures.Processes;

/// <summary>A PostgreSQL with a password, on loopback, in a temporary folder.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <inheritdoc cref="RedisServer.Password"/>
    public const string Password = "swordfish-of-postgres";

    private readonly TemporaryFolder _folder = new();

    public int Port { get; } = ServerProgram.FreePort();

    /// <summary>What <c>--membership</c> takes.</summary>
    public string Connection => $"Host=127.0.0.1;Port={Port};Username=tinygptv;Password={Password};Database=postgres";

    public async ValueTask InitializeAsync()
    {
        string password = _folder.Write("password", Password);
        // The server refuses to run as root, and its user must own the folder.
        if (Environment.IsPrivilegedProcess)
            await ServerProgram.RunAsync("/bin/chown", "-R", "postgres", _folder.Path);
        await RunAsync(
            "initdb", "-D", _folder["data"], "-U", "tinygptv", "-A", "scram-sha-256", $"--pwfile={password}", "--no-sync", "--no-locale", "-E", "UTF8");
        string settings = string.Create(CultureInfo.InvariantCulture, $"-p {Port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off");
        await RunAsync("pg_ctl", "-D", _folder["data"], "-l", _folder["log"], "-o", settings, "-w", "start");
        await using var connection = new NpgsqlConnection(Connection);
        await connection.OpenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("pg_ctl", "-D", _folder["data"], "-m", "immediate", "-w", "stop");
        _folder.Dispose();
    }

    private static Task RunAsync(string program, params string[] arguments)
    {
        string[] versions = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [];
        string path = ServerProgram.Find(
            program, "postgresql", versions.OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin")));
        return Environment.IsPrivilegedProcess
            ? ServerProgram.RunAsync("/usr/sbin/runuser", ["-u", "postgres", "--", path, .. arguments])
            : ServerProgram.RunAsync(path, arguments);
    }
}
