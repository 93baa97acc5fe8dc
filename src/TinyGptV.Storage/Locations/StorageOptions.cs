using System.Collections.Immutable;
using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Locations;

/// <summary>Access to object storage, and the local cache.</summary>
public sealed record StorageOptions
{
    /// <summary>The default limit of the cache: room for three published checkpoints (9 GB each) and the images of all benchmarks.</summary>
    public const long DefaultCacheBytes = 50L << 30;

    /// <summary>The environment variable for <see cref="Connection"/>.</summary>
    public const string ConnectionVariable = "TINYGPTV_STORAGE_CONNECTION";

    /// <summary>The connection string of a storage account, used for locations in that account: a secret. Default: none.</summary>
    public string? Connection { get; init; }

    /// <summary>The folder that caches images and checkpoints. Default: <c>tinygptv</c> in the user's cache folder.</summary>
    public string CacheFolder { get; init; } = Path.Combine(UserCacheFolder(), "tinygptv");

    /// <summary>The maximum size of the cache in bytes. Default: <see cref="DefaultCacheBytes"/>.</summary>
    public long CacheBytes { get; init; } = DefaultCacheBytes;

    /// <summary>Folders outside the folder of benchmarks that symbolic links in it may lead into. Default: none.</summary>
    public ImmutableArray<string> ImageRoots { get; init; } = [];

    /// <summary>Retries and time-outs.</summary>
    public StorageResilience Resilience { get; init; } = new();

    /// <summary>The clock for everything that waits. Default: the system clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The options without the secret.</summary>
    public override string ToString() => $"connection {(Connection is null ? "none" : "***")}, cache {CacheFolder}, {CacheBytes} bytes";

    private static string UserCacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder ? folder
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
        : Path.GetTempPath();
}
