using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TinyGptV.Evaluation;
using TinyGptV.Evaluation.Runs;

namespace TinyGptV.Storage.Locations;

/// <summary>
/// The names and contents of a run's files, the same in every store, so that a downloaded container is a folder of runs:
/// <c>&lt;run&gt;/manifest.json</c> and <c>&lt;run&gt;/predictions/shard-000000.jsonl</c>.
/// </summary>
internal static class RunLayout
{
    public const string Manifest = "manifest.json";
    public const string Predictions = "predictions";
    public const string Partial = "partial";
    public const string History = "history";
    public const string ShardPrefix = "shard-";
    public const string ShardSuffix = ".jsonl";

    /// <summary>The file next to the runs that identifies their store.</summary>
    public const string Identity = ".store-id";

    private const int Newest = 1;

    /// <summary>The content of a new <see cref="Identity"/> file.</summary>
    public static byte[] NewIdentity() => Encoding.UTF8.GetBytes($"{Guid.NewGuid():N}\n");

    /// <summary>The file name of a shard's predictions.</summary>
    public static string NameOf(ShardIndex shard) => string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{shard.Value:D6}{ShardSuffix}");

    /// <summary>The shard of a predictions file, or null if the name is not that of one.</summary>
    public static ShardIndex? ShardOf(string name)
    {
        if (!name.StartsWith(ShardPrefix, StringComparison.Ordinal) || !name.EndsWith(ShardSuffix, StringComparison.Ordinal))
            return null;
        ReadOnlySpan<char> number = name.AsSpan(ShardPrefix.Length, name.Length - ShardPrefix.Length - ShardSuffix.Length);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? new ShardIndex(value) : null;
    }

    /// <summary>The file name of what a shard was before a round.</summary>
    public static string NameOf(PastShard past) =>
        string.Create(CultureInfo.InvariantCulture, $"{ShardPrefix}{past.Shard.Value:D6}.{past.Round}{ShardSuffix}");

    /// <summary>The shard and round of a file of the history, or null if the name is not that of one.</summary>
    public static PastShard? PastShardOf(string name)
    {
        if (!name.EndsWith(ShardSuffix, StringComparison.Ordinal))
            return null;
        string stem = name[..^ShardSuffix.Length];
        int dot = stem.LastIndexOf('.');
        return dot > 0 && int.TryParse(stem.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int round)
            && ShardOf(stem[..dot] + ShardSuffix) is { } shard ? new PastShard(shard, round) : null;
    }

    /// <summary>The entries of a history, by shard, then by round.</summary>
    /// <param name="names">The file names; others are left out.</param>
    public static ImmutableArray<PastShard> InOrder(IEnumerable<string> names) =>
        [.. names.Select(PastShardOf).OfType<PastShard>().OrderBy(past => past.Shard).ThenBy(past => past.Round)];

    /// <summary>The versions of a run's files.</summary>
    /// <param name="files">All its files by their path below it, with slashes, in ordinal order; each with what changes when the file does.</param>
    public static RunVersions VersionsOf(IEnumerable<(string Name, string Version)> files)
    {
        using var predictions = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var beside = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach ((string name, string version) in files)
        {
            if (name == Manifest || IsShard(name))
                predictions.AppendData(Encoding.UTF8.GetBytes($"{name} {version}\n"));
            else if (!name.Contains('/', StringComparison.Ordinal))
                beside.Add(name, version);
        }

        return new RunVersions(Convert.ToHexStringLower(predictions.GetHashAndReset()), beside.ToImmutable());
    }

    private static bool IsShard(string name) =>
        name.StartsWith(Predictions + "/", StringComparison.Ordinal) && ShardOf(name[(Predictions.Length + 1)..]) is not null;

    /// <summary>The content of a manifest file.</summary>
    public static byte[] Write(RunManifest manifest) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(manifest, EvaluationJson.Indented.ShapeOf<RunManifest>()), (byte)'\n'];

    /// <summary>Reads a manifest file.</summary>
    /// <param name="json">The content.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <exception cref="PrerequisiteException">The manifest is malformed or has a newer layout.</exception>
    public static RunManifest ReadManifest(ReadOnlySpan<byte> json, string name)
    {
        try
        {
            RunManifest? manifest = JsonSerializer.Deserialize(json, EvaluationJson.Indented.ShapeOf<RunManifest>());
            return manifest is { Layout: <= Newest } ? manifest : throw new PrerequisiteException(
                $"The manifest '{name}' has layout {manifest?.Layout}, written by a newer version; this one reads layouts up to {Newest}. Upgrade.");
        }
        catch (JsonException exception)
        {
            throw new PrerequisiteException(
                $"The manifest '{name}' is malformed: {exception.Message} Restore it, or remove the run's folder and start the run again.", exception);
        }
    }
}
