using TinyGptV.Structure;

namespace TinyGptV.Cli.Tests;

/// <summary>
/// The folders of each project from lowest to highest: a folder uses only those before it. What counts is what the compiler resolves, not
/// <c>using</c> lines.
/// </summary>
public sealed class RoomOrderTests
{
    private static readonly Lazy<SourceGraph> Graph = new(() => SourceGraph.Read(Repository.Root, "src"));

    [Theory]
    [InlineData("TinyGptV.Evaluation",
        "", "Benchmarks", "Benchmarks/Formats", "Models", "Runs", "Sharding", "Statistics", "Scoring", "Definitions", "Inference", "Reports", "Reports/Html",
        "Reports/Files", "Comparisons", "Submissions")]
    [InlineData("TinyGptV.Model",
        "Configuration", "Kernels", "Layers", "Checkpoints/Formats", "Tokenization", "Vision", "Language", "Checkpoints/Layout", "", "Checkpoints/Tools",
        "Training",
        "Engine/Decoding", "Engine/Scheduling", "Engine/Caches", "Engine")]
    [InlineData("TinyGptV.Storage", "Resilience", "Locations", "Caching", "Folders", "Blobs", "")]
    [InlineData("TinyGptV.Backends", "Chats", "Scripted", "", "TinyGptV")]
    [InlineData("TinyGptV.Cluster", "Configuration", "Telemetry", "Placement", "Replicas", "Dispatch", "Runs", "Client", "Hosting")]
    [InlineData("TinyGptV.Hosting", "Logging", "Membership", "Telemetry", "Web", "")]
    [InlineData("TinyGptV.Cli", "Display", "Verbs", "Commands", "")]
    [InlineData("TinyGptV.Pickle", "")]
    [InlineData("TinyGptV.Cluster.Contracts", "")]
    public void Rooms_of_a_project_use_only_lower_ones(string project, params string[] rooms)
    {
        string[] order = [.. rooms.Select(room => room.Length == 0 ? project : $"{project}/{room}")];

        Assert.Empty(FoldersOf(project).Except(order));
        AssertNone(Graph.Value.Uses
            .Where(use => RunsBackUp(use.Key, order))
            .Select(use => $"{use.Key.From} uses {use.Value} names of {use.Key.To}, which is above it."));
    }

    [Fact]
    public void No_two_rooms_use_each_other() =>
        AssertNone(StructureTable.MutualFolders(Graph.Value)
            .Select(pair => $"{pair.Pair.A} and {pair.Pair.B} use each other: {pair.Names.There} and {pair.Names.Back} names."));

    [Fact]
    public void No_files_use_each_other_in_a_circle() =>
        AssertNone(Cycles.Find(Graph.Value.Uses.Keys).Select(circle => $"These files use each other in a circle: {string.Join(", ", circle)}."));

    [Fact]
    public void Graph_is_made_of_all_files()
    {
        Assert.True(Graph.Value.Files.Count > 400, "The product's files were not found.");
        // A use without a using directive, because both files are in one folder.
        Assert.Contains(("src/TinyGptV.Evaluation/Sharding/ShardLedger.cs", "src/TinyGptV.Evaluation/Sharding/ShardLease.cs"), Graph.Value.Uses.Keys);
    }

    private static void AssertNone(IEnumerable<string> faults)
    {
        string all = string.Join('\n', faults);
        Assert.True(all.Length == 0, all);
    }

    private static IEnumerable<string> FoldersOf(string project) =>
        Graph.Value.Files.Select(StructureTable.FolderOf).Where(folder => folder.Split('/')[0] == project).Distinct();

    private static bool RunsBackUp((string From, string To) use, string[] order)
    {
        int from = Array.IndexOf(order, StructureTable.FolderOf(use.From)), to = Array.IndexOf(order, StructureTable.FolderOf(use.To));
        return from >= 0 && to > from;
    }
}
