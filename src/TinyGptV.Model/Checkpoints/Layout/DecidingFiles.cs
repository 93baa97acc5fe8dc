using System.Collections.Immutable;
using System.Security.Cryptography;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>The files that affect a model's results: weights, indexes, configuration, tokenizer.</summary>
internal static class DecidingFiles
{
    private static readonly ImmutableArray<string> BesideWeights =
    [
        "added_tokens.json", "config.json", "generation_config.json", "merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json",
    ];

    /// <summary>All files of a model: Phi-2 files with the folder's name (<c>phi-2/config.json</c>), the others with just their own.</summary>
    /// <exception cref="CheckpointException">A folder has no weights.</exception>
    public static IEnumerable<(string Name, string Path)> Of(CheckpointPaths paths) => OfLanguageModel(paths).Concat(OfOthers(paths));

    /// <summary>The files in the Phi-2 folder. It has no weights if it is part of a converted folder.</summary>
    /// <exception cref="CheckpointException">The folder has no weights.</exception>
    public static IEnumerable<(string Name, string Path)> OfLanguageModel(CheckpointPaths paths) =>
        paths.Converted is null ? OfPhi(paths.PhiFolder) : Named(paths.PhiFolder, Tokenizer(paths.PhiFolder));

    /// <summary>The files outside the Phi-2 folder.</summary>
    /// <exception cref="CheckpointException">A converted folder has no weights.</exception>
    public static IEnumerable<(string Name, string Path)> OfOthers(CheckpointPaths paths)
    {
        string[] files = paths.Converted is { } converted
            ? [Path.Combine(converted, ConvertedFolder.ConfigName), .. WeightFiles.Find(converted)]
            : [paths.EvaFile, paths.Blip2File, paths.StageFile];
        bool distinct = files.DistinctBy(Path.GetFileName, StringComparer.Ordinal).Count() == files.Length;
        return files.Select(path => (distinct ? Path.GetFileName(path) : Path.GetFullPath(path), path));
    }

    /// <summary>The files of a Phi-2 folder with weights.</summary>
    /// <exception cref="CheckpointException">The folder has no weights.</exception>
    public static IEnumerable<(string Name, string Path)> OfPhi(string folder) => Named(folder, Tokenizer(folder).Concat(WeightFiles.Find(folder)));

    /// <summary>The files of a Phi-2 folder besides the weights: configuration and tokenizer.</summary>
    public static IEnumerable<string> Tokenizer(string folder) => BesideWeights.Select(name => Path.Combine(folder, name)).Where(File.Exists);

    private static IEnumerable<(string Name, string Path)> Named(string folder, IEnumerable<string> paths)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return paths.Select(path => ($"{name}/{Path.GetFileName(path)}", path));
    }

    /// <summary>SHA-256 in lower-case hexadecimal.</summary>
    /// <exception cref="CheckpointException">The file cannot be read.</exception>
    public static async Task<string> DigestAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path}: cannot be read: {failure.Message}", failure);
        }
    }
}
