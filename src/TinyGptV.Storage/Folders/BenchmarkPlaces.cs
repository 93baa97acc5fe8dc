using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Where to look for the files of a benchmark: in its own folder, then, for a path that contains a folder, next to it, so that several
/// benchmarks can share one folder <c>coco</c>.
/// </summary>
internal static class BenchmarkPlaces
{
    /// <summary>The places in lookup order, each with the folder that the path must stay in.</summary>
    /// <param name="root">The folder of all benchmarks.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="path">A file or folder, as named in the definition.</param>
    public static IEnumerable<(string Confines, string Path)> Of(string root, BenchmarkName benchmark, string path)
    {
        string own = Path.Combine(root, benchmark.Value);
        yield return (own, Path.Combine(own, path));
        if (path.Contains('/'))
            yield return (root, Path.Combine(root, path));
    }
}
