using TinyGptV.Storage.Locations;

namespace TinyGptV.Storage.Folders;

/// <summary>The token that identifies a folder, under whatever path it is mounted. It is written once; a copy of the folder carries it too.</summary>
internal static class FolderIdentity
{
    /// <summary>Reads the token.</summary>
    /// <returns>Null if there is none.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static string? Find(string folder)
    {
        try
        {
            return File.ReadAllText(PathIn(folder)).Trim();
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes a token; of several processes that do so at once, one succeeds and all read the same.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static string Make(string folder)
    {
        WriteOnceFile.TryCreate(PathIn(folder), RunLayout.NewIdentity());
        return Find(folder) ?? throw new FileNotFoundException($"'{PathIn(folder)}' was removed as soon as it was written.");
    }

    private static string PathIn(string folder) => Path.Combine(folder, RunLayout.Identity);
}
