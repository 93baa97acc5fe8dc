using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Tokenization;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Tools;

/// <summary>Options of a conversion, besides the model's settings.</summary>
public sealed record ConversionOptions
{
    /// <summary>Merge the LoRA adapters into the weights, in float32, rounded to the weights' types. Default: keep them separate.</summary>
    public bool MergeLora { get; init; }

    /// <summary>Maximum size of a shard in bytes. Default: 4 GiB.</summary>
    public long LargestShard { get; init; } = 4L << 30;
}

/// <summary>The result of a conversion.</summary>
/// <param name="Folder">The folder written.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Bytes">Their size in bytes.</param>
/// <param name="Shards">Number of safetensors files.</param>
public sealed record ConvertedCheckpoint(string Folder, int Tensors, long Bytes, int Shards);

/// <summary>
/// Writes any supported set of files as one folder that loads without further settings (<see cref="ConvertedFolder"/>). Keeps values and element
/// types; computes only what loading would compute: one attention layout, the position table for the image size in use (float32), merged LoRA.
/// </summary>
public static class CheckpointConversion
{
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", [ConvertedFolder.LayoutKey] = ConvertedFolder.Layout };

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Converts a set of files. The folder appears complete or not at all; at most one tensor is in memory.</summary>
    /// <param name="files">The open files.</param>
    /// <param name="settings">The settings that loading the files would use.</param>
    /// <param name="output">The folder to write; it must be missing or empty.</param>
    /// <param name="options">Options of the conversion.</param>
    /// <param name="cancellationToken">Stops between two tensors and leaves nothing behind.</param>
    /// <exception cref="CheckpointException">The set is incomplete, or the folder is not empty or cannot be written.</exception>
    /// <exception cref="InvalidDataException">A configuration file is invalid.</exception>
    public static ConvertedCheckpoint Convert(
        CheckpointSet files, ModelSettings settings, string output, ConversionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        ArgumentNullException.ThrowIfNull(options);
        ModelBlueprint blueprint = ModelBlueprint.Of(files, settings);
        CheckpointPlan plan = files.PlanFor(blueprint.Shapes);
        plan.Report().ThrowIfIncomplete();
        _ = PhiTokenizer.Open(files.Paths.PhiFolder); // without a valid tokenizer the folder would not load
        return Writing(output, folder =>
        {
            List<List<PendingTensor>> shards = Divide(PendingTensors(blueprint, plan, options.MergeLora), options.LargestShard);
            WriteShards(folder, shards, cancellationToken);
            WriteConfig(Path.Combine(folder, ConvertedFolder.ConfigName), blueprint, options.MergeLora);
            CopyTokenizer(files.Paths.PhiFolder, Path.Combine(folder, ConvertedFolder.PhiName));
            return new ConvertedCheckpoint(output, shards.Sum(shard => shard.Count), shards.Sum(shard => shard.Sum(tensor => tensor.Bytes)), shards.Count);
        });
    }

    private static ConvertedCheckpoint Writing(string output, Func<string, ConvertedCheckpoint> write)
    {
        string target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output)), temporary = $"{target}.writing-{Guid.NewGuid():N}";
        try
        {
            if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
                throw new CheckpointException($"{output}: exists and is not an empty folder. Choose another with --output.");
            Directory.CreateDirectory(temporary);
            ConvertedCheckpoint written = write(temporary);
            if (Directory.Exists(target))
                Directory.Delete(target);
            Directory.Move(temporary, target);
            return written;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{output}: cannot be written: {failure.Message} Check permissions and free space.", failure);
        }
        finally
        {
            if (Directory.Exists(temporary))
                Directory.Delete(temporary, recursive: true);
        }
    }

    private static IEnumerable<PendingTensor> PendingTensors(ModelBlueprint blueprint, CheckpointPlan plan, bool mergeLora)
    {
        double scale = blueprint.Config.Lora.R > 0 ? blueprint.Config.Lora.Alpha / blueprint.Config.Lora.R : 0;
        foreach ((string name, ImmutableArray<long> shape) in blueprint.Shapes)
        {
            if (mergeLora && LoraMerging.IsAdapter(name))
                continue;
            if (!plan.Sources.TryGetValue(name, out TensorSource? source))
                yield return new PendingTensor(
                    new TensorHeader(name, torch.ScalarType.Float32, shape), () => torch.zeros(shape.AsSpan(), dtype: torch.float32));
            else if (mergeLora && LoraMerging.PairOf(name, plan.Sources) is var (a, b))
                yield return new PendingTensor(new TensorHeader(name, source.Type, shape), () => LoraMerging.Merge(source, a, b, scale));
            else
                yield return new PendingTensor(new TensorHeader(name, source.Type, shape), source.Read);
        }
    }

    private static List<List<PendingTensor>> Divide(IEnumerable<PendingTensor> tensors, long largest)
    {
        var shards = new List<List<PendingTensor>>();
        long bytes = 0;
        foreach (PendingTensor tensor in tensors)
        {
            if (shards.Count == 0 || bytes + tensor.Bytes > largest)
            {
                shards.Add([]);
                bytes = 0;
            }

            shards[^1].Add(tensor);
            bytes += tensor.Bytes;
        }

        return shards;
    }

    private static void WriteShards(string folder, List<List<PendingTensor>> shards, CancellationToken cancellationToken)
    {
        string[] names = shards.Count == 1
            ? [WeightFiles.Safetensors]
            : [.. Enumerable.Range(1, shards.Count).Select(number => $"model-{number:D5}-of-{shards.Count:D5}.safetensors")];
        foreach ((List<PendingTensor> shard, string name) in shards.Zip(names))
            SafetensorsWriter.Write(Path.Combine(folder, name), shard, Metadata, cancellationToken);
        if (shards.Count == 1)
            return;

        var map = new JsonObject();
        foreach ((List<PendingTensor> shard, string name) in shards.Zip(names))
            foreach (PendingTensor tensor in shard)
                map[tensor.Header.Name] = name;
        var index = new JsonObject
        {
            ["metadata"] = new JsonObject { ["total_size"] = shards.Sum(shard => shard.Sum(tensor => tensor.Bytes)) },
            ["weight_map"] = map,
        };
        File.WriteAllText(Path.Combine(folder, WeightFiles.SafetensorsIndex), index.ToJsonString(Indented) + "\n");
    }

    /// <summary>The language model's sizes are written for information only; loading reads them from phi-2/config.json.</summary>
    private static void WriteConfig(string path, ModelBlueprint blueprint, bool mergeLora)
    {
        TinyGptVConfig config = mergeLora ? blueprint.Config with { Lora = blueprint.Config.Lora with { R = 0 } } : blueprint.Config;
        var json = (JsonObject)JsonNode.Parse(ConfigFile.Write(config))!;
        json["phi"] = JsonNode.Parse(ConfigFile.Write(blueprint.Phi));
        File.WriteAllText(path, json.ToJsonString(Indented) + "\n");
    }

    private static void CopyTokenizer(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string path in DecidingFiles.Tokenizer(from))
            File.Copy(path, Path.Combine(to, Path.GetFileName(path)));
    }
}
