using System.Collections.Immutable;

namespace TinyGptV.Storage.Locations;

/// <summary>
/// The one rule for symbolic links among the files of benchmarks: a link is followed if it leads into a folder that the user named, and refused
/// otherwise. Verification, preflight and reading all ask here.
/// </summary>
/// <param name="data">The folder of all benchmarks.</param>
/// <param name="others">Other folders that links may lead into.</param>
public sealed class NamedRoots(string data, ImmutableArray<string> others)
{
    private const int MostLinks = 40; // the same limit as Linux

    /// <summary>Looks for a link that leads out.</summary>
    /// <param name="benchmark">The name of the benchmark whose file it is; its own folder may be a link to anywhere.</param>
    /// <param name="path">A path below the folder of all benchmarks.</param>
    /// <returns>The first link on the path, if the path leads out of all named folders; otherwise null.</returns>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public LinkOut? FindLinkOut(string benchmark, string path)
    {
        string root = Path.GetFullPath(data);
        string whole = Path.GetFullPath(path);
        if (FirstLinkBelow(root, whole) is not { } link)
            return null;
        string real = FollowLinks(whole);
        return Roots(benchmark).Any(named => IsBelow(FollowLinks(Path.GetFullPath(named)), real))
            ? null
            : new LinkOut(link, real, $"'{string.Join("', '", [root, .. others.Select(Path.GetFullPath)])}'");
    }

    private IEnumerable<string> Roots(string benchmark) => [data, Path.Combine(data, benchmark), .. others];

    /// <summary>Hundreds of thousands of images are looked up, and few are links. Links above the folder do not matter here.</summary>
    private static string? FirstLinkBelow(string folder, string path)
    {
        string next = Path.TrimEndingDirectorySeparator(folder);
        foreach (string segment in Segments(IsBelow(folder, path) ? path[next.Length..] : path))
        {
            next = Path.Combine(next, segment);
            if (new FileInfo(next).LinkTarget is not null)
                return next;
        }

        return null;
    }

    private static bool IsBelow(string folder, string path) =>
        path.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string FollowLinks(string path)
    {
        var pending = new Stack<string>(Segments(path).Reverse());
        string real = Path.GetPathRoot(path)!;
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

/// <summary>A symbolic link that leads out of the named folders.</summary>
/// <param name="Link">The link.</param>
/// <param name="Target">The file that it leads to in the end.</param>
/// <param name="Roots">The named folders, for the message.</param>
public sealed record LinkOut(string Link, string Target, string Roots)
{
    /// <summary>What was found, and what to do.</summary>
    /// <param name="file">The file, as the benchmark names it.</param>
    /// <returns>Two sentences.</returns>
    public string Explain(string file) =>
        $"'{file}' is behind the symbolic link '{Link}', which leads to '{Target}', outside of {Roots}. "
        + $"Name the folder that it leads to, for example with --image-root {Path.GetDirectoryName(Target)}, or put the files into the folder of benchmarks.";
}
