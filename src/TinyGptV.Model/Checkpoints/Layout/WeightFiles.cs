using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Finds a folder's weight files: prefers safetensors to PyTorch files, and shards to a single file.</summary>
internal static class WeightFiles
{
    public const string Safetensors = "model.safetensors", SafetensorsIndex = "model.safetensors.index.json";

    private static readonly string[] Names = [SafetensorsIndex, Safetensors, "pytorch_model.bin.index.json", "pytorch_model.bin"];

    public static ImmutableArray<string> Find(string folder)
    {
        string? chosen = Names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists)
            ?? throw new CheckpointException($"{folder}: no weights. Expected one of {string.Join(", ", Names)}; found {Listing(folder)}.");
        if (!chosen.EndsWith(".json", StringComparison.Ordinal))
            return [chosen];

        var shards = WeightMap(chosen).Select(entry => entry.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return [chosen, .. shards.Select(name => Path.Combine(folder, name))];
    }

    /// <summary>Checks that every tensor in the index is in the shard that the index names.</summary>
    public static void CheckIndex(ImmutableArray<string> files, IReadOnlyDictionary<string, ICheckpointFile> shardOf)
    {
        if (!files[0].EndsWith(".json", StringComparison.Ordinal))
            return;
        string[] absent = [.. WeightMap(files[0])
            .Where(entry => !shardOf.TryGetValue(entry.Key, out ICheckpointFile? shard) || Path.GetFileName(shard.Path) != entry.Value)
            .Select(entry => $"{entry.Key} in {entry.Value}")];
        if (absent.Length > 0)
            throw new CheckpointException($"{files[0]} lists {absent.Length} tensors that are missing: {string.Join(", ", absent.Take(20))}.");
    }

    private static IEnumerable<KeyValuePair<string, string>> WeightMap(string index)
    {
        if (JsonFile.ReadObject(index)["weight_map"] is not JsonObject map || map.Count == 0)
            throw new CheckpointException($"{index}: no weight_map.");
        return map.Select(entry => KeyValuePair.Create(entry.Key, FileName(index, map, entry.Key)));
    }

    /// <summary>Shards are in the folder of the index: a name with a path could reach other files on this machine.</summary>
    private static string FileName(string index, JsonObject map, string key)
    {
        string? name = map.Text(key);
        if (string.IsNullOrEmpty(name) || name is "." or ".." || name.AsSpan().IndexOfAny('/', '\\', '\0') >= 0 ||
            name.EndsWith(".json", StringComparison.Ordinal))
            throw new CheckpointException($"{index}: names {name ?? "no file"} for {key}; expected a file in the same folder.");
        return name;
    }

    private static string Listing(string folder) =>
        Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(20).ToArray() is { Length: > 0 } names
        ? string.Join(", ", names)
        : "nothing";
}
