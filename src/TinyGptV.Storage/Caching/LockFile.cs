namespace TinyGptV.Storage.Caching;

/// <summary>A lock between processes of this machine. If the owner dies, the lock is released.</summary>
internal static class LockFile
{
    // File locks give no notification when they are released.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits for the lock.</summary>
    /// <param name="path">The file; created if absent.</param>
    /// <param name="time">The clock for the pauses.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lock, held until disposed.</returns>
    public static async Task<FileStream> TakeAsync(string path, TimeProvider time, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (File.Exists(path))
            {
                await Task.Delay(AskAgainAfter, time, cancellationToken);
            }
        }
    }
}
