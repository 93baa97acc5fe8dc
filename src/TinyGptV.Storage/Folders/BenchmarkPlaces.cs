using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Where the files of a benchmark are looked up: in its own folder, and then, if the path has a folder of its own, beside it, so that several benchmarks share one folder
/// <c>coco</c>.
/// </summary>
internal static class BenchmarkPlaces
{
    /// <summary>The places in the order of looking up, each with the folder that it must not leave.</summary>
    /// <param name="root">The folder of all benchmarks.</param>
    /// <param name="benchmark">The benchmark.</param>
    /// <param name="path">A file or folder, as the definition names it.</param>
    public static IEnumerable<(string Confines, string Path)> Of(string root, BenchmarkName benchmark, string path)
    {
        string own = Path.Combine(root, benchmark.Value);
        yield return (own, Path.Combine(own, path));
        if (path.Contains('/'))
            yield return (root, Path.Combine(root, path));
    }
}
