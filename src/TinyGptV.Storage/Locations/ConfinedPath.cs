namespace TinyGptV.Storage.Locations;

/// <summary>
/// Checks untrusted file names from annotations, definitions or the network: a name must not lead out of its folder, neither directly nor
/// through a symbolic link.
/// </summary>
public static class ConfinedPath
{
    private const int MostLinks = 40; // the same limit as Linux

    /// <summary>True if the text of a name stays below the folder it is appended to. Both kinds of slash are separators.</summary>
    public static bool IsPlain(string? name) =>
        !string.IsNullOrWhiteSpace(name)
        && !name.Contains('\0') && !Path.IsPathRooted(name) && name[0] is not ('/' or '\\')
        && !(name.Length > 1 && name[1] == ':')
        && !name.Split('/', '\\').Contains("..");

    /// <summary>True if <paramref name="path"/> is below <paramref name="folder"/> after all links of both are followed.</summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public static bool StaysBelow(string folder, string path) =>
        IsWithoutLinksBelow(Path.GetFullPath(folder), Path.GetFullPath(path)) || LeadsBelow(folder, path);

    /// <summary>The fast path: hundreds of thousands of images are looked up and few are links. Links above the folder do not matter here.</summary>
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
            string next = Path.GetFullPath(Path.Combine(real, segment)); // a link's target can contain ".."
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
                throw new IOException("Symbolic links form a cycle.");
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
