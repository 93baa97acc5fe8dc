using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Files that are there in full or not at all: written under a temporary name in the same folder, flushed to the disk, then named.
/// Of several writers of one name, in whatever processes, the first wins.
/// </summary>
internal static partial class WriteOnceFile
{
    private const string TemporaryPrefix = ".writing-";

    /// <summary>How old a temporary file is when its writer is taken for dead.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(1);

    /// <summary>Writes a file unless it is there.</summary>
    /// <returns>False if the file was there first; it is unchanged then.</returns>
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

    /// <summary>Writes a file, in place of an older one if there is one.</summary>
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

    /// <summary>Removes what writers left that died while writing.</summary>
    public static void RemoveAbandoned(string folder, DateTimeOffset now)
    {
        foreach (string file in Directory.EnumerateFiles(folder, TemporaryPrefix + "*").Where(f => now - File.GetLastWriteTimeUtc(f) > Abandoned))
            File.Delete(file);
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

    // File.Move without overwriting looks first and renames then on Unix, so two writers could both win; a hard link is one step.
    private static bool TryLink(string temporary, string path)
    {
        if (Link(temporary, path) == 0)
            return true;
        int error = Marshal.GetLastPInvokeError();
        if (File.Exists(path))
            return false;
        throw new IOException($"Cannot create '{path}': {new Win32Exception(error).Message}.");
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}
