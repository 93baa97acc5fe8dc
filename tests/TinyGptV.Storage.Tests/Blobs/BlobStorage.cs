using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Tests.Blobs;

/// <summary>Storage in Azurite for one test: a container, a cache and credentials, with short pauses.</summary>
internal sealed class BlobStorage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="azurite">The service.</param>
    /// <param name="endpoint">The endpoint for the code under test: a proxy's, or null for the service's own.</param>
    public BlobStorage(AzuriteServer azurite, string? endpoint = null)
    {
        Container = new BlobContainer(azurite);
        Root = Container.UriAt(endpoint);
        Options = new StorageOptions
        {
            Connection = azurite.ConnectionStringAt(endpoint ?? azurite.Endpoint),
            CacheFolder = _folder["cache"],
            Resilience = Quick,
        };
    }

    /// <summary>As in production, but with shorter pauses and enough retries for every fault schedule.</summary>
    public static StorageResilience Quick { get; } = new()
    {
        MaxRetries = 60,
        FirstPause = TimeSpan.FromMilliseconds(5),
        LongestPause = TimeSpan.FromMilliseconds(50),
        ReadTimeout = TimeSpan.FromSeconds(1),
        HedgeAfter = TimeSpan.FromMilliseconds(200),
        RequestTimeout = TimeSpan.FromSeconds(1),
        TransferTimeout = TimeSpan.FromSeconds(2),
        BreakFor = TimeSpan.FromSeconds(0.5),
    };

    public BlobContainer Container { get; }

    public StorageOptions Options { get; set; }

    /// <summary>The container's URI for the code under test.</summary>
    public string Root { get; }

    public string CacheFolder => Options.CacheFolder;

    /// <summary>Access with its own clients, pipelines and cache object, like another process.</summary>
    public StorageAccess NewAccess() => new(Options);

    public StorageLocation Location(string prefix = "") => StorageLocation.Parse($"{Root}/{prefix}");

    public IRunStore NewStore() => NewAccess().OpenRuns(Location("team/runs"));

    /// <summary>The content files of the cache.</summary>
    public FileInfo[] Cached() => new DirectoryInfo(Path.Combine(CacheFolder, "contents")).GetFiles("*", SearchOption.AllDirectories);

    public void Dispose() => _folder.Dispose();
}
