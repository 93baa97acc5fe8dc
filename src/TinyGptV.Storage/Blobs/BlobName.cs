namespace TinyGptV.Storage.Blobs;

/// <summary>Names of blobs that stand for files below a folder.</summary>
internal static class BlobName
{
    /// <summary>
    /// Joins parts that are plain (<see cref="Locations.ConfinedPath.IsPlain"/>). Empty segments and "." are left out, as a file system would: a URI
    /// would be read as another one with them.
    /// </summary>
    /// <param name="parts">Names of files and folders, from the outermost.</param>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var segments = new List<string>();
        foreach (string part in parts)
            segments.AddRange(part.Split('/').Where(segment => segment is not ("" or ".")));
        return string.Join('/', segments);
    }

    /// <summary>Where a file or folder of a benchmark is looked up, in order: as <see cref="Folders.BenchmarkPlaces"/> does on a disk.</summary>
    public static IEnumerable<string> Places(string benchmark, string path)
    {
        yield return Of(benchmark, path);
        if (path.Contains('/', StringComparison.Ordinal))
            yield return Of(path);
    }
}
