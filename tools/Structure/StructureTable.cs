using System.Globalization;

namespace TinyGptV.Structure;

/// <summary>The structure of the source code in numbers, as Markdown.</summary>
public static class StructureTable
{
    /// <summary>Sizes of projects and folders, and the folders and files that use each other.</summary>
    /// <param name="graph">The graph of the product's files.</param>
    /// <returns>The lines.</returns>
    public static IEnumerable<string> Describe(SourceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        yield return "| folder | files | lines |";
        yield return "| --- | --- | --- |";
        foreach (IGrouping<string, string> project in graph.Files.GroupBy(ProjectOf))
        {
            yield return Row($"**{project.Key}**", graph, project);
            foreach (IGrouping<string, string> folder in project.GroupBy(FolderOf).Where(folder => folder.Key != project.Key))
                yield return Row(folder.Key, graph, folder);
        }

        yield return "";
        yield return "Pairs of folders that use each other (names, each way):";
        foreach (((string a, string b), (int there, int back)) in MutualFolders(graph))
            yield return $"- {a} and {b}: {there} / {back}";
        yield return "";
        yield return "Files that use each other in a cycle:";
        foreach (IReadOnlyList<string> cycle in Cycles.Find(graph.Uses.Keys))
            yield return $"- {string.Join(", ", cycle)}";
    }

    /// <summary>The pairs of folders that use each other.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The pairs in ordinal order, with the numbers of names used in each direction.</returns>
    public static IEnumerable<((string A, string B) Pair, (int There, int Back) Names)> MutualFolders(SourceGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var uses = graph.Uses.GroupBy(use => (From: FolderOf(use.Key.From), To: FolderOf(use.Key.To)))
            .Where(group => group.Key.From != group.Key.To).ToDictionary(group => group.Key, group => group.Sum(use => use.Value));
        return uses.Keys.Where(pair => string.CompareOrdinal(pair.From, pair.To) < 0 && uses.ContainsKey((pair.To, pair.From)))
            .Order().Select(pair => (pair, (uses[pair], uses[(pair.To, pair.From)])));
    }

    /// <summary>The files of one folder that use files of another.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="from">The using folder, without <c>src/</c>.</param>
    /// <param name="to">The used folder, without <c>src/</c>.</param>
    /// <returns>One line per pair of files.</returns>
    public static IEnumerable<string> DescribeArrows(SourceGraph graph, string from, string to)
    {
        ArgumentNullException.ThrowIfNull(graph);
        return graph.Uses.Where(use => FolderOf(use.Key.From) == from && FolderOf(use.Key.To) == to).OrderBy(use => use.Key)
            .Select(use => $"{Path.GetFileName(use.Key.From)} -> {Path.GetFileName(use.Key.To)}: {use.Value}");
    }

    /// <summary>The folder of a file, without <c>src/</c>.</summary>
    /// <param name="file">The file's path below the repository.</param>
    /// <returns>The folder's path.</returns>
    public static string FolderOf(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return string.Join('/', file.Split('/')[1..^1]);
    }

    private static string ProjectOf(string file) => file.Split('/')[1];

    private static string Row(string name, SourceGraph graph, IEnumerable<string> files)
    {
        string[] all = [.. files];
        int lines = all.Sum(file => File.ReadLines(Path.Combine(graph.Root, file)).Count());
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {all.Length} | {lines} |");
    }
}
