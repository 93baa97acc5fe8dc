namespace TinyGptV.Storage.Resilience;

/// <summary>Decides which failures of a file system pass by themselves and are worth waiting for.</summary>
internal static class DiskFailure
{
    // Numbers of Linux, which .NET passes on unchanged.
    private const int InputOutputError = 5, NoSpace = 28, StaleHandle = 116, QuotaExceeded = 122;

    // Numbers of Windows, as HRESULT.
    private const int HandleDiskFull = unchecked((int)0x80070027), DiskFull = unchecked((int)0x80070070);

    /// <summary>True for a full disk, an exceeded quota, a stale handle of a shared file system and a failed transfer.</summary>
    public static bool MayPass(Exception? exception) => exception is IOException and not (FileNotFoundException or DirectoryNotFoundException)
        && exception.HResult is InputOutputError or NoSpace or StaleHandle or QuotaExceeded or HandleDiskFull or DiskFull;
}
