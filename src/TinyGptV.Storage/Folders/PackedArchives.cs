using System.Collections.Immutable;
using TinyGptV.Evaluation.Benchmarks;

namespace TinyGptV.Storage.Folders;

/// <summary>
/// Archives that a user downloaded for a benchmark and did not unpack: beside its files, or beside its folder and named like something it needs.
/// </summary>
internal static class PackedArchives
{
    private static readonly ImmutableArray<string> Endings = [".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".7z", ".rar"];

    /// <param name="root">The folder of all benchmarks.</param>
    /// <param name="definition">The benchmark.</param>
    /// <returns>Paths below the root, in ordinal order.</returns>
    public static ImmutableArray<string> Of(string root, BenchmarkDefinition definition)
    {
        string[] expected = [.. definition.ImageFolders, .. definition.Files.Values.SelectMany(paths => paths)];
        HashSet<string> related =
        [
            definition.Name.Value,
            .. expected.SelectMany(path => path.Split('/')).Select(part => Path.GetFileNameWithoutExtension(part)),
        ];
        IEnumerable<string> beside = expected
            .SelectMany(path => BenchmarkPlaces.Of(root, definition.Name, path))
            .Select(place => Path.GetDirectoryName(place)!)
            .Where(folder => Path.GetFullPath(folder) != Path.GetFullPath(root));
        return Relative(root, beside.Append(Path.Combine(root, definition.Name.Value)).Distinct().SelectMany(In).Concat(In(root, related)));
    }

    /// <summary>The archives beside the folder that a benchmark should have.</summary>
    public static ImmutableArray<string> Of(string root, BenchmarkName name) => Relative(root, In(root, [name.Value]));

    /// <summary>What to do about them; empty if there are none.</summary>
    public static string Advice(ImmutableArray<string> archives) => archives.IsEmpty ? "" : $" Still packed: {string.Join(", ", archives)}. Unpack them.";

    private static IEnumerable<string> In(string root, HashSet<string> names) => In(root)
        .Where(path => names.Any(name => Path.GetFileName(path).StartsWith(name, StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<string> In(string folder) => Directory.Exists(folder)
        ? Directory.EnumerateFiles(folder).Where(path => Endings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
        : [];

    private static ImmutableArray<string> Relative(string root, IEnumerable<string> paths) =>
        [.. paths.Select(path => Path.GetRelativePath(root, path).Replace('\\', '/')).Distinct().Order(StringComparer.Ordinal)];
}
