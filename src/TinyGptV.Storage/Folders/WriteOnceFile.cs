using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Atomic files: written under a temporary name in the same folder, flushed to the disk, then renamed. Of several writers of one name,
/// in any processes, the first wins.
/// </summary>
internal static partial class WriteOnceFile
{
    private const string TemporaryPrefix = ".writing-";

    /// <summary>The age at which a temporary file counts as abandoned.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Writes a file unless it exists.</summary>
    /// <returns>False if the file already existed; it is unchanged.</returns>
    public static bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        if (File.Exists(path))
            return false;
        string temporary = WriteTemporary(path, content);
        try
        {
            return TryName(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Writes a file, replacing an existing one.</summary>
    /// <returns>The path.</returns>
    public static string Replace(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(path, content);
        try
        {
            File.Move(temporary, path, overwrite: true);
            return path;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Removes temporary files of writers that died, as far as this process may.</summary>
    public static void RemoveAbandoned(string folder, DateTimeOffset now)
    {
        foreach (string file in Directory.EnumerateFiles(folder, TemporaryPrefix + "*").Where(f => now - File.GetLastWriteTimeUtc(f) > Abandoned).ToArray())
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // A process that only reads runs may lack the right to remove files; the next writer removes them.
            }
        }
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> content)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, TemporaryPrefix + Guid.NewGuid().ToString("N"));
        try
        {
            using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            stream.Write(content);
            stream.Flush(flushToDisk: true);
            return temporary;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static bool TryName(string temporary, string path)
    {
        if (!OperatingSystem.IsWindows())
            return TryLink(temporary, path);
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    // On Unix, File.Move without overwriting checks first and then renames, so two writers could both win; creating a hard link is atomic.
    private static bool TryLink(string temporary, string path)
    {
        if (Link(temporary, path) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        if (File.Exists(path))
            return false;
        throw new IOException($"Cannot create '{path}': {new Win32Exception(error).Message}.", error);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
