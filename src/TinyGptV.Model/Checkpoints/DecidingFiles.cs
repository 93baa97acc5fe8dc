using System.Collections.Immutable;
using System.Security.Cryptography;

namespace TinyGptV.Model.Checkpoints;

/// <summary>The files on disk that decide a model's results: weights, indexes, configuration, tokenizer.</summary>
internal static class DecidingFiles
{
    /// <summary>What a Phi-2 folder holds beside its weights.</summary>
    public static ImmutableArray<string> BesideWeights { get; } =
    [
        "added_tokens.json", "config.json", "generation_config.json", "merges.txt", "special_tokens_map.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json",
    ];

    /// <summary>All of a model: a Phi-2 file with its folder's name in front (<c>phi-2/config.json</c>), the others by their names.</summary>
    /// <exception cref="CheckpointException">The Phi-2 folder's weights cannot be told.</exception>
    public static IEnumerable<(string Name, string Path)> Of(CheckpointPaths paths) => OfPhi(paths.PhiFolder).Concat(BesidePhi(paths));

    /// <summary>Those that are not in the Phi-2 folder.</summary>
    public static IEnumerable<(string Name, string Path)> BesidePhi(CheckpointPaths paths)
    {
        string[] single = [paths.EvaFile, paths.Blip2File, paths.StageFile];
        bool distinct = single.DistinctBy(Path.GetFileName, StringComparer.Ordinal).Count() == single.Length;
        return single.Select(path => (distinct ? Path.GetFileName(path) : Path.GetFullPath(path), path));
    }

    /// <summary>Those of a Phi-2 folder alone.</summary>
    /// <exception cref="CheckpointException">The folder's weights cannot be told.</exception>
    public static IEnumerable<(string Name, string Path)> OfPhi(string folder)
    {
        folder = Path.GetFullPath(folder);
        IEnumerable<string> beside = BesideWeights.Select(name => Path.Combine(folder, name)).Where(File.Exists);
        return beside.Concat(Phi2WeightFiles.Find(folder)).Select(path => ($"{Path.GetFileName(folder)}/{Path.GetFileName(path)}", path));
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
