using System.Text.RegularExpressions;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>The files that make up a model.</summary>
/// <param name="PhiFolder">The Phi-2 folder: config.json, weights, tokenizer.</param>
/// <param name="EvaFile">EVA ViT-g.</param>
/// <param name="Blip2File">BLIP-2's pretrained file with the Q-Former.</param>
/// <param name="StageFile">TinyGPT-V's file of the stage to run.</param>
public sealed partial record CheckpointPaths(string PhiFolder, string EvaFile, string Blip2File, string StageFile)
{
    private const string Eva = "eva_vit_g", Blip2 = "blip2_pretrained_flant5xxl", Stage = "TinyGPT-V_for_Stage";

    /// <summary>The converted folder that all paths point into; null for files as published.</summary>
    public string? Converted { get; private init; }

    /// <summary>
    /// Finds the files in a folder: a converted one, or one with the published file names, as .safetensors (preferred) or .pth. Picks the newest stage.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="CheckpointException">A file is missing; the message lists what was expected and what was found.</exception>
    public static CheckpointPaths Find(string folder)
    {
        if (!Directory.Exists(folder))
            throw new CheckpointException($"{folder}: folder not found. Give the folder with the model's files.");
        if (ConvertedFolder.IsAt(folder))
            return OfConverted(folder);
        string[] files = [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal)],
            folders = [.. Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal)];
        string? phi = FindPhi(folders), eva = Named(files, Eva), blip2 = Named(files, Blip2), stage = NewestStage(files);
        if (phi is not null && eva is not null && blip2 is not null && stage is not null)
            return new CheckpointPaths(phi, eva, blip2, stage);

        throw new CheckpointException($"{folder}: not a complete TinyGPT-V model. Expected:" + string.Concat(
            Line(phi, "phi-2/ with config.json, weights and the tokenizer's files"), Line(eva, $"{Eva}.pth or .safetensors"),
            Line(blip2, $"{Blip2}.pth or .safetensors"), Line(stage, $"{Stage}N.pth or .safetensors, N = 1 to 4")) +
            "\nor a folder that 'tinygptv checkpoint convert' wrote." +
            $"\nFound: {Listing(files, folders)}");
    }

    private static CheckpointPaths OfConverted(string folder)
    {
        string weights = WeightFiles.Find(folder)[0];
        return new CheckpointPaths(Path.Combine(folder, ConvertedFolder.PhiName), weights, weights, weights) { Converted = folder };
    }

    /// <summary>The stage in a file's name; null if none.</summary>
    internal static int? StageOf(string path) =>
        StageName().Match(Path.GetFileName(path)) is { Success: true } match && int.TryParse(match.Groups[1].ValueSpan, out int stage) ? stage : null;

    private static string? FindPhi(string[] folders)
    {
        string[] candidates = [.. folders.Where(Phi2Folder.IsAt)];
        return candidates.FirstOrDefault(candidate => Path.GetFileName(candidate) == "phi-2") ?? (candidates.Length == 1 ? candidates[0] : null);
    }

    private static string? Named(string[] files, string stem) =>
        new[] { ".safetensors", ".pth" }
            .Select(extension => files.FirstOrDefault(file => Path.GetFileName(file).Equals(stem + extension, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(file => file is not null);

    private static string? NewestStage(string[] files) => files
        .Where(file => StageOf(file) is not null)
        .OrderByDescending(file => StageOf(file)).ThenByDescending(file => file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        .FirstOrDefault();

    private static string Line(string? found, string expected) => $"\n  {(found is null ? "missing " : "found   ")} {expected}";

    private static string Listing(string[] files, string[] folders)
    {
        string[] names = [.. folders.Select(folder => Path.GetFileName(folder) + "/"), .. files.Select(file => Path.GetFileName(file))];
        return names.Length == 0 ? "an empty folder." : string.Join(", ", names.Take(30)) + (names.Length > 30 ? $" and {names.Length - 30} more." : ".");
    }

    [GeneratedRegex(@"^TinyGPT-V_for_Stage([0-9]+)\.(pth|safetensors)$", RegexOptions.IgnoreCase)]
    private static partial Regex StageName();
}
