using TinyGptV.Storage.Resilience;

namespace TinyGptV.Storage.Locations;

/// <summary>How storage is reached and what of it is kept on this machine's disk.</summary>
public sealed record StorageOptions
{
    /// <summary>The default bound of the cache: a published checkpoint (9 GB) three times over, and the images of all benchmarks.</summary>
    public const long DefaultCacheBytes = 50L << 30;

    /// <summary>The environment variable from which programs take <see cref="Connection"/>.</summary>
    public const string ConnectionVariable = "TINYGPTV_STORAGE_CONNECTION";

    /// <summary>The connection string of a storage account, used for the locations in that account: a secret. Default: none.</summary>
    public string? Connection { get; init; }

    /// <summary>The folder in which images and checkpoints are kept. Default: <c>tinygptv</c> in the user's cache folder.</summary>
    public string CacheFolder { get; init; } = Path.Combine(UserCacheFolder(), "tinygptv");

    /// <summary>How many bytes are kept at most. Default: <see cref="DefaultCacheBytes"/>.</summary>
    public long CacheBytes { get; init; } = DefaultCacheBytes;

    /// <summary>How long storage is waited for and how often it is asked again.</summary>
    public StorageResilience Resilience { get; init; } = new();

    /// <summary>The clock of everything that waits. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The options without their secret.</summary>
    public override string ToString() => $"connection {(Connection is null ? "none" : "***")}, cache {CacheFolder}, {CacheBytes} bytes";

    private static string UserCacheFolder() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder ? folder
        : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? Path.Combine(home, ".cache")
        : Path.GetTempPath();
}
