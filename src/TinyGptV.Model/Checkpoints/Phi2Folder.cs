using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints;

/// <summary>
/// A folder with a Phi-2 model as people download it: <c>config.json</c> and weights as safetensors or PyTorch files, in shards with an index or in one file.
/// Whatever generation it is of, its tensors appear with the names and row order of transformers 4.36 (<c>model.layers.0.self_attn.query_key_value.weight</c>).
/// </summary>
public sealed class Phi2Folder : ICheckpointFile
{
    private readonly List<ICheckpointFile> _shards = [];
    private readonly Dictionary<string, ICheckpointFile> _shardOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PhiTensor> _sources = new(StringComparer.Ordinal);
    private readonly JsonObject _config;

    private Phi2Folder(string path)
    {
        Path = path;
        _config = JsonFile.ReadObject(System.IO.Path.Combine(path, "config.json"));
        WeightFiles = Phi2WeightFiles.Find(path);
        OpenShards();
        MapTensors();
    }

    /// <inheritdoc />
    public string Path { get; }

    /// <inheritdoc />
    public CheckpointFileKind Kind => _shards[0].Kind;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TensorHeader> Tensors { get; private set; } = ImmutableDictionary<string, TensorHeader>.Empty;

    /// <summary>The folder's config.json.</summary>
    public JsonNode Metadata => _config;

    /// <summary>The weight files in use, and their index if there is one; full paths.</summary>
    public ImmutableArray<string> WeightFiles { get; }

    /// <summary>Whether a folder looks like one: a configuration and a vocabulary.</summary>
    public static bool IsAt(string folder) => File.Exists(System.IO.Path.Combine(folder, "config.json")) &&
        (File.Exists(System.IO.Path.Combine(folder, "vocab.json")) || File.Exists(System.IO.Path.Combine(folder, "tokenizer.json")));

    /// <summary>Opens a folder and reads the headers of all its shards.</summary>
    /// <exception cref="CheckpointException">Something is missing or unsound.</exception>
    public static Phi2Folder Open(string path)
    {
        if (!Directory.Exists(path)) throw new CheckpointException($"{path}: a Phi-2 folder was expected here, but there is none.");
        return new Phi2Folder(path);
    }

    /// <inheritdoc />
    public torch.Tensor Read(string name)
    {
        if (!_sources.TryGetValue(name, out PhiTensor? tensor)) throw new CheckpointException($"{Path}: holds no tensor {name}.");
        if (tensor.Rows == AttentionRows.ByHead) return ReadStored(tensor.Sources[0]);

        torch.Tensor[] parts = [.. tensor.Sources.Select(ReadStored)];
        try
        {
            return PhiLayout.Fuse(tensor.Rows, parts, Heads(tensor));
        }
        finally
        {
            foreach (torch.Tensor part in parts) part.Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (ICheckpointFile shard in _shards) shard.Dispose();
    }

    JsonNode? ICheckpointFile.Metadata => _config;

    private void OpenShards()
    {
        try
        {
            foreach (string file in WeightFiles.Where(file => !file.EndsWith(".json", StringComparison.Ordinal))) _shards.Add(CheckpointFile.Open(file));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private void MapTensors()
    {
        try
        {
            var stored = new List<TensorHeader>();
            foreach (ICheckpointFile shard in _shards)
                foreach (TensorHeader header in shard.Tensors.Values)
                {
                    if (!_shardOf.TryAdd(header.Name, shard))
                        throw new CheckpointException($"{shard.Path} and {_shardOf[header.Name].Path} both hold {header.Name}.");
                    stored.Add(header);
                }

            Phi2WeightFiles.CheckIndex(WeightFiles, _shardOf);
            foreach (PhiTensor tensor in PhiLayout.Map(stored)) Accept(tensor);
            Tensors = _sources.ToDictionary(source => source.Key, source => source.Value.Header, StringComparer.Ordinal);
        }
        catch (CheckpointException failure)
        {
            Dispose();
            throw new CheckpointException(failure.Message.StartsWith(Path, StringComparison.Ordinal) ? failure.Message : $"{Path}: {failure.Message}", failure);
        }
    }

    private void Accept(PhiTensor tensor)
    {
        if (tensor.Rows != AttentionRows.ByHead && (tensor.Header.Shape is not [var rows, ..] || rows == 0 || rows % (3 * Heads(tensor)) != 0))
            throw new CheckpointException($"{tensor.Sources[0]} {tensor.Header.ShapeText} cannot be divided among {Heads(tensor)} heads.");
        _sources.Add(tensor.Header.Name, tensor);
    }

    private long Heads(PhiTensor tensor) => (_config.Value<int>("num_attention_heads") ?? _config.Value<int>("n_head")) is { } heads and > 0
        ? heads
        : throw new CheckpointException($"config.json has no num_attention_heads, which is needed to bring {tensor.Sources[0]} into order.");

    private torch.Tensor ReadStored(string name) => _shardOf[name].Read(name);
}
