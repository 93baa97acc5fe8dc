namespace TinyGptV.Storage.Caching;

/// <summary>Lets one process of this machine at a time do something. A process that dies lets go.</summary>
internal static class LockFile
{
    // Locks of files tell nobody that they are free again.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the file is ours alone.</summary>
    /// <param name="path">The file; made if it is not there.</param>
    /// <param name="time">Measures the pauses.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lock, held until it is disposed.</returns>
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
