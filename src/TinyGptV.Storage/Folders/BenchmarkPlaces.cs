using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Where to look for the files of a benchmark: in its own folder, then, for a path that contains a folder, next to it, so that several
/// benchmarks can share one folder <c>coco</c>.
/// </summary>
internal static class BenchmarkPlaces
{
    /// <summary>The paths in lookup order.</summary>
    /// <param name="root">The folder of all benchmarks.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="path">A file or folder, as named in the definition.</param>
    public static IEnumerable<string> Of(string root, BenchmarkName benchmark, string path)
    {
        yield return Path.Combine(root, benchmark.Value, path);
        if (path.Contains('/'))
            yield return Path.Combine(root, path);
    }
}
