namespace TinyGptV.Cli.Tests;

/// <summary>A Blob service with the shipped samples and the demonstration model; each test keeps its runs there under its own prefix.</summary>
public sealed class SampleContainer : IAsyncLifetime
{
    private readonly AzuriteServer _azurite = new();
    private BlobContainer _container = null!;

    /// <summary>The service's endpoint.</summary>
    public string Endpoint => _azurite.Endpoint;

    /// <summary>A secret that must not appear anywhere.</summary>
    public string Key => _azurite.Key;

    public async ValueTask InitializeAsync()
    {
        await _azurite.InitializeAsync();
        _container = new BlobContainer(_azurite);
        await _container.UploadFolderAsync(Path.Combine(AppContext.BaseDirectory, "benchmarks-data", "sample"), "benchmarks");
        await _container.UploadFolderAsync(Path.Combine(AppContext.BaseDirectory, "DemonstrationModel"), "models/DemonstrationModel");
    }

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    /// <summary>The URI of a prefix.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="endpoint">The service's, or a proxy's. Default: the service's.</param>
    public string UriOf(string prefix, string? endpoint = null) => $"{_container.UriAt(endpoint ?? Endpoint)}/{prefix}";

    /// <summary>The environment that makes every command use this container.</summary>
    /// <param name="folder">Where the cache is.</param>
    /// <param name="runs">The prefix of the runs.</param>
    /// <param name="endpoint">The service's, or a proxy's. Default: the service's.</param>
    internal (string, string)[] VariablesFor(TemporaryFolder folder, string runs, string? endpoint = null) =>
    [
        .. VariablesForModels(folder, endpoint),
        ("TINYGPTV_DATA", UriOf("benchmarks", endpoint)),
        ("TINYGPTV_RUNS", UriOf(runs, endpoint)),
    ];

    /// <summary>The environment of a replica that loads its models from here.</summary>
    /// <param name="folder">Where the cache is.</param>
    /// <param name="endpoint">The service's, or a proxy's. Default: the service's.</param>
    internal (string, string)[] VariablesForModels(TemporaryFolder folder, string? endpoint = null) =>
    [
        ("TINYGPTV_STORAGE_CONNECTION", _azurite.ConnectionStringAt(endpoint ?? Endpoint)),
        ("TINYGPTV_MODEL", ModelAt(endpoint)),
        ("TINYGPTV_CACHE", folder["cache"]),
    ];

    /// <summary>The URI of the demonstration model.</summary>
    /// <param name="endpoint">The service's, or a proxy's. Default: the service's.</param>
    public string ModelAt(string? endpoint = null) => UriOf("models/DemonstrationModel", endpoint);

    /// <summary>Downloads all runs under a prefix to a folder.</summary>
    public Task DownloadAsync(string runs, string folder) => _container.DownloadFolderAsync(runs, folder);
}
