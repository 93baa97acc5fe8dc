using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace TinyGptV.Fixtures.Storage;

/// <summary>
/// A Blob service on loopback: Azurite in its own process, in memory, with a unique account and key. It is ready when it reports its
/// address and accepts a connection.
/// </summary>
public sealed partial class AzuriteServer : IAsyncLifetime
{
    private const string Version = "3.35.0";
    private const string Account = "testaccount";

    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));
    private Process? _process;

    /// <summary>The endpoint of the account, without a slash at the end.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>The secret part of <see cref="ConnectionString"/>.</summary>
    public string Key => _key;

    public string ConnectionString => ConnectionStringAt(Endpoint);

    /// <summary>The URI of a new container, which the first write creates.</summary>
    public string NewContainer() => $"{Endpoint}/c-{Guid.NewGuid():N}";

    /// <summary>The connection string for the same account at another endpoint, such as a proxy's.</summary>
    public string ConnectionStringAt(string endpoint) =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={_key};BlobEndpoint={endpoint};";

    public async ValueTask InitializeAsync()
    {
        string[] arguments = ["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence", "--skipApiVersionCheck", "--disableTelemetry"];
        var start = new ProcessStartInfo(Find(), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AZURITE_ACCOUNTS"] = $"{Account}:{_key}" },
        };
        _process = Process.Start(start)!;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Kill();
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();

        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        Match listening = Match.Empty;
        while (!listening.Success)
        {
            string line = await _process.StandardOutput.ReadLineAsync(patience.Token)
                ?? throw new InvalidOperationException("Azurite ended before it was listening.");
            listening = Listening().Match(line);
        }
        _ = DrainAsync(_process.StandardOutput); // a full pipe would block it
        int port = int.Parse(listening.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
        using var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", port);
        Endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/{Account}");
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        _process?.Dispose();
        return ValueTask.CompletedTask;
    }

    [GeneratedRegex(@"listen(?:s|ing) (?:at|on) http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();

    private static async Task DrainAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is not null)
        { }
    }

    private void Kill()
    {
        try
        {
            _process?.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended by itself or was disposed.
        }
    }

    // .ci/run installs it there; a developer may have it elsewhere.
    private static string Find()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
            ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string home = Path.Combine(cache, "tinygptv-cluster", $"azurite-{Version}");
        IEnumerable<string> candidates = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Prepend(Path.Combine(home, "node_modules", ".bin"))
            .Select(place => Path.Combine(place, "azurite-blob"));
        return candidates.FirstOrDefault(File.Exists) ?? throw new InvalidOperationException(
            $"This test needs Azurite, a Blob service for development. Install Node.js, then run: npm install --prefix {home} azurite@{Version}");
    }
}
