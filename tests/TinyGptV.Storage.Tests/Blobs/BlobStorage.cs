using TinyGptV.Evaluation.Runs;
using TinyGptV.Storage.Locations;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Tests.Blobs;

/// <summary>Storage in Azurite for one test: a container, a cache and credentials, with pauses that suit a test.</summary>
internal sealed class BlobStorage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <param name="azurite">The service.</param>
    /// <param name="endpoint">Where the code under test reaches it: a proxy's endpoint, or null for the service's own.</param>
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

    /// <summary>As in production, but quicker, and more patient than any schedule of faults.</summary>
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

    /// <summary>The container's URI as the code under test is given it.</summary>
    public string Root { get; }

    public string CacheFolder => Options.CacheFolder;

    /// <summary>Access with clients, pipelines and a view of the cache of its own, as another process would have.</summary>
    public StorageAccess NewAccess() => new(Options);

    public StorageLocation Location(string prefix = "") => StorageLocation.Parse($"{Root}/{prefix}");

    public IRunStore NewStore() => NewAccess().OpenRuns(Location("team/runs"));

    /// <summary>The files of the cache that hold contents.</summary>
    public FileInfo[] Cached() => new DirectoryInfo(Path.Combine(CacheFolder, "contents")).GetFiles("*", SearchOption.AllDirectories);

    public void Dispose() => _folder.Dispose();
}
