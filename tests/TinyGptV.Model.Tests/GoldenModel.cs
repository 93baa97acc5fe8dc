using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Configuration;

namespace TinyGptV.Model.Tests;

/// <summary>The set's complete model: its files, its sizes, and features that not every set has.</summary>
internal static class GoldenModel
{
    public static JsonNode Config { get; } = Golden.Json("e2e/config.json");

    /// <summary>The names of the Phi-2 folders, the configured one first. All contain the same model.</summary>
    public static string[] PhiFolders { get; } = [.. FindPhiFolders()];

    public static PhiConfig Phi { get; } = ConfigFile.ReadPhi(Golden.PathOf($"e2e/{PhiFolders[0]}/config.json"));

    /// <summary>The files, found by their content.</summary>
    public static CheckpointPaths Paths { get; } = new(
        Golden.PathOf($"e2e/{PhiFolders[0]}"), Golden.PathOf(GoldenFiles.Eva), Golden.PathOf(GoldenFiles.Blip2), Golden.PathOf(GoldenFiles.Stage));

    public static string TokenizerFolder => Paths.PhiFolder;

    public static int ImageSize => (int)Config["image_size"]!;

    public static int PatchSize => (int)Config["patch_size"]!;

    /// <summary>An image size that the model can be loaded with, other than its own.</summary>
    public static int OtherImageSize => ImageSize + PatchSize;

    public static int LoraRank => (int?)Config["lora"]?["r"] ?? 0;

    public static string EndSymbol => (string)Config["end_sym"]!;

    public static TheoryData<string> EachPhiFolder() => [.. PhiFolders];

    public static CheckpointPaths PathsWith(string phiFolder) => Paths with { PhiFolder = Golden.PathOf($"e2e/{phiFolder}") };

    /// <summary>A question about an image in the training template.</summary>
    public static string Prompt(string question) =>
        ((string)Config["prompt_template"]!).Replace("{}", "<Img><ImageHere></Img> " + question, StringComparison.Ordinal);

    public static byte[] Picture(int index) => File.ReadAllBytes(Golden.PathOf(GoldenFiles.Pictures.ElementAt(index)));

    public static void SkipWithoutAdapters() => Assert.SkipWhen(LoraRank == 0, "The set's stage file has no adapters.");

    private static IEnumerable<string> FindPhiFolders()
    {
        string named = Path.GetDirectoryName((string)Config["phi"]!)!;
        IEnumerable<string> all = GoldenFiles.Listed("e2e").Where(name => name.EndsWith("/config.json", StringComparison.Ordinal))
            .Select(name => Path.GetDirectoryName(name)!);
        return all.Where(other => other != named).Order(StringComparer.Ordinal).Prepend(named);
    }
}
