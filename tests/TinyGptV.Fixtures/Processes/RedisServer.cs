using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace TinyGptV.Fixtures.Processes;

/// <summary>A Redis with a password, on loopback, in memory.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    /// <summary>A distinctive word, easy to find where it should not appear.</summary>
    public const string Password = "swordfish-of-redis";

    private Process? _process;

    public int Port { get; } = ServerProgram.FreePort();

    /// <summary>What <c>--membership</c> takes.</summary>
    public string Connection => $"127.0.0.1:{Port},password={Password}";

    public async ValueTask InitializeAsync()
    {
        string port = Port.ToString(CultureInfo.InvariantCulture);
        string program = ServerProgram.Find("redis-server", "redis-server");
        string[] arguments = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--requirepass", Password];
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
        })!;
        // The server says when it listens; connecting proves it.
        while (await _process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        { }
        _ = _process.StandardOutput.ReadToEndAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
