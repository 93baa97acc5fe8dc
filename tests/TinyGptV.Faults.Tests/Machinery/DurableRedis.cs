using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TinyGptV.Faults.Tests.Machinery;

/// <summary>A Redis that syncs every write to disk, so it loses nothing when killed.</summary>
public sealed class DurableRedis : IAsyncDisposable
{
    private readonly string _folder;
    private readonly IPEndPoint _endpoint;
    private Process? _process;

    private DurableRedis(string folder, IPEndPoint endpoint) => (_folder, _endpoint) = (folder, endpoint);

    public string Address => _endpoint.ToString();

    public static async Task<DurableRedis> StartAsync(string folder, string address, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var server = new DurableRedis(folder, new IPEndPoint(IPAddress.Parse(address), FreePort(address)));
        await server.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it with its stored data; returns when it answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo("redis-server",
            [
                "--bind", $"{_endpoint.Address}", "--port", _endpoint.Port.ToString(CultureInfo.InvariantCulture), "--dir", _folder,
                "--save", "", "--appendonly", "yes", "--appendfsync", "always", "--protected-mode", "no",
            ])
            { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception exception)
        {
            throw new InvalidOperationException("The fault campaign needs redis-server. Install the Debian package redis-server.", exception);
        }

        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Contains("Ready to accept connections", StringComparison.Ordinal))
            {
                _ = DrainAsync(_process.StandardOutput);
                return;
            }
        }

        throw new InvalidOperationException($"redis-server exited with code {_process.ExitCode} before it was ready.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
    }

    private static async Task DrainAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is not null)
        {
        }
    }

    private static int FreePort(string address)
    {
        using var probe = new TcpListener(IPAddress.Parse(address), 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
