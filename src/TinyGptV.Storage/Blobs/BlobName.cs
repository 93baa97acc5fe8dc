namespace TinyGptV.Storage.Blobs;

/// <summary>The names of blobs for files in a folder.</summary>
internal static class BlobName
{
    /// <summary>
    /// Joins plain parts (<see cref="Locations.ConfinedPath.IsPlain"/>). Drops empty segments and ".", as a file system does: a URI
    /// with them would mean another blob.
    /// </summary>
    /// <param name="parts">Names of files and folders, from the outermost.</param>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var segments = new List<string>();
        foreach (string part in parts)
            segments.AddRange(part.Split('/').Where(segment => segment is not ("" or ".")));
        return string.Join('/', segments);
    }

    /// <summary>Where to look for a file or folder of a benchmark, in order; the same as <see cref="Folders.BenchmarkPlaces"/> on a disk.</summary>
    public static IEnumerable<string> Places(string benchmark, string path)
    {
        yield return Of(benchmark, path);
        if (path.Contains('/', StringComparison.Ordinal))
            yield return Of(path);
    }
}
