namespace TinyGptV.Storage.Locations;

/// <summary>
/// Opens files by names that come from annotations, definitions or the wire: untrusted, so a name that leads out of the folder it
/// belongs to is refused, whether it does so by its text or through a symbolic link.
/// </summary>
public static class ConfinedPath
{
    private const int MostLinks = 40; // as Linux' path lookup

    /// <summary>True if a name stays below the folder it is appended to as far as its text goes. Both kinds of slash separate.</summary>
    public static bool IsPlain(string? name) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.Contains('\0') && !Path.IsPathRooted(name) && name[0] is not ('/' or '\\')
        && !(name.Length > 1 && name[1] == ':')
        && !name.Split('/', '\\').Contains("..");

    /// <summary>True if <paramref name="path"/> with all links followed lies below <paramref name="folder"/> with all links followed.</summary>
    /// <exception cref="IOException">The links form a circle.</exception>
    public static bool StaysBelow(string folder, string path) => IsWithoutLinksBelow(Path.GetFullPath(folder), Path.GetFullPath(path)) || LeadsBelow(folder, path);

    /// <summary>Images are looked up by the hundred thousand and are seldom links; how the folder itself is reached does not matter then.</summary>
    private static bool IsWithoutLinksBelow(string folder, string path)
    {
        string next = Path.TrimEndingDirectorySeparator(folder);
        if (!path.StartsWith(next + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return false;
        foreach (string segment in Segments(path[next.Length..]))
        {
            next = Path.Combine(next, segment);
            if (new FileInfo(next).LinkTarget is not null)
                return false;
        }
        return true;
    }

    private static bool LeadsBelow(string folder, string path)
    {
        string real = FollowLinks(folder);
        return FollowLinks(path).StartsWith(Path.EndsInDirectorySeparator(real) ? real : real + Path.DirectorySeparatorChar, StringComparison.Ordinal);
    }

    private static string FollowLinks(string path)
    {
        var pending = new Stack<string>(Segments(Path.GetFullPath(path)).Reverse());
        string real = Path.GetPathRoot(Path.GetFullPath(path))!;
        for (int links = 0; pending.TryPop(out string? segment);)
        {
            string next = Path.GetFullPath(Path.Combine(real, segment)); // a link's target can hold ".."
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException("Symbolic links form a circle.");
            if (Path.IsPathRooted(target))
                real = Path.GetPathRoot(target)!;
            foreach (string part in Segments(target).Reverse())
                pending.Push(part);
        }
        return real;
    }

    private static IEnumerable<string> Segments(string path) =>
        path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar).Where(s => s is not ("" or "."));
}
