using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Tools;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>
/// A folder written by <see cref="CheckpointConversion"/>: <c>model.safetensors</c>, or its shards with an index, with every tensor of the model
/// under its canonical name; <c>config.json</c> with all sizes; <c>phi-2/</c> with the language model's configuration and the tokenizer.
/// </summary>
public sealed class ConvertedFolder : ICheckpointFile
{
    internal const string PhiName = "phi-2", ConfigName = "config.json", LayoutKey = "tinygptv_layout", Layout = "1";

    private readonly WeightShards _shards;

    private ConvertedFolder(string path, WeightShards shards)
    {
        (Path, _shards) = (path, shards);
        foreach ((string file, JsonNode? metadata) in shards.Metadata)
            if (metadata.Text(LayoutKey) is var found and not Layout)
                throw new CheckpointException($"{file}: expected a converted model with {LayoutKey} {Layout}, found {found ?? "none"}. " +
                    "Convert the original files again with 'tinygptv checkpoint convert'.");
        Tensors = shards.Tensors.ToDictionary(header => header.Name, StringComparer.Ordinal);
    }

    /// <inheritdoc />
    public string Path { get; }

    /// <inheritdoc />
    public CheckpointFileKind Kind => _shards.Kind;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TensorHeader> Tensors { get; }

    /// <inheritdoc />
    public JsonNode? Metadata => _shards.Metadata.First().Metadata;

    /// <summary>Whether a folder looks like a converted one.</summary>
    public static bool IsAt(string folder) => Phi2Folder.IsAt(System.IO.Path.Combine(folder, PhiName)) &&
        new[] { WeightFiles.Safetensors, WeightFiles.SafetensorsIndex }.Any(name => File.Exists(System.IO.Path.Combine(folder, name)));

    /// <summary>Opens a folder and reads the headers of all its shards.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the folder is not a converted model.</exception>
    public static ConvertedFolder Open(string path)
    {
        WeightShards shards = WeightShards.Open(path);
        try
        {
            return new ConvertedFolder(path, shards);
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public torch.Tensor Read(string name) =>
        Tensors.ContainsKey(name) ? _shards.Read(name) : throw new CheckpointException($"{Path}: no tensor {name}.");

    /// <inheritdoc />
    public void Dispose() => _shards.Dispose();
}
