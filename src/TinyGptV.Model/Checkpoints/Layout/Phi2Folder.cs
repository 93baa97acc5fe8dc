using System.Collections.Immutable;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>
/// A downloaded Phi-2 folder: <c>config.json</c> and weights as safetensors or PyTorch files, in one file or in shards with an index. Tensors of
/// every generation appear with the names and row order of transformers 4.36 (<c>model.layers.0.self_attn.query_key_value.weight</c>).
/// </summary>
public sealed class Phi2Folder : ICheckpointFile
{
    private readonly WeightShards _shards;
    private readonly Dictionary<string, PhiTensor> _sources = new(StringComparer.Ordinal);
    private readonly JsonObject _config;

    private Phi2Folder(string path)
    {
        Path = path;
        _config = JsonFile.ReadObject(System.IO.Path.Combine(path, "config.json"));
        _shards = WeightShards.Open(path);
        MapTensors();
    }

    /// <inheritdoc />
    public string Path { get; }

    /// <inheritdoc />
    public CheckpointFileKind Kind => _shards.Kind;

    /// <inheritdoc />
    public IReadOnlyDictionary<string, TensorHeader> Tensors { get; private set; } = ImmutableDictionary<string, TensorHeader>.Empty;

    /// <summary>The folder's config.json.</summary>
    public JsonNode Metadata => _config;

    /// <summary>Whether a folder looks like a Phi-2 folder: it has a configuration and a vocabulary.</summary>
    public static bool IsAt(string folder) => File.Exists(System.IO.Path.Combine(folder, "config.json")) &&
        (File.Exists(System.IO.Path.Combine(folder, "vocab.json")) || File.Exists(System.IO.Path.Combine(folder, "tokenizer.json")));

    /// <summary>Opens a folder and reads the headers of all its shards.</summary>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static Phi2Folder Open(string path)
    {
        if (!Directory.Exists(path))
            throw new CheckpointException($"{path}: folder not found. Give the Phi-2 folder.");
        return new Phi2Folder(path);
    }

    /// <inheritdoc />
    public torch.Tensor Read(string name)
    {
        if (!_sources.TryGetValue(name, out PhiTensor? tensor))
            throw new CheckpointException($"{Path}: no tensor {name}.");
        if (tensor.Rows == AttentionRows.ByHead)
            return _shards.Read(tensor.Sources[0]);

        torch.Tensor[] parts = [.. tensor.Sources.Select(_shards.Read)];
        try
        {
            return PhiLayout.Fuse(tensor.Rows, parts, Heads(tensor));
        }
        finally
        {
            foreach (torch.Tensor part in parts)
                part.Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _shards.Dispose();

    JsonNode? ICheckpointFile.Metadata => _config;

    private void MapTensors()
    {
        try
        {
            foreach (PhiTensor tensor in PhiLayout.Map([.. _shards.Tensors]))
                Accept(tensor);
            Tensors = _sources.ToDictionary(source => source.Key, source => source.Value.Header, StringComparer.Ordinal);
        }
        catch (CheckpointException failure)
        {
            Dispose();
            throw new CheckpointException($"{Path}: {failure.Message}", failure);
        }
    }

    private void Accept(PhiTensor tensor)
    {
        if (tensor.Rows != AttentionRows.ByHead && (tensor.Header.Shape is not [var rows, ..] || rows == 0 || rows % (3 * Heads(tensor)) != 0))
            throw new CheckpointException($"{tensor.Sources[0]} {tensor.Header.ShapeText} cannot be split into {Heads(tensor)} heads.");
        _sources.Add(tensor.Header.Name, tensor);
    }

    private long Heads(PhiTensor tensor) => (_config.Value<int>("num_attention_heads") ?? _config.Value<int>("n_head")) is { } heads and > 0
        ? heads
        : throw new CheckpointException($"config.json has no num_attention_heads, which is needed to reorder {tensor.Sources[0]}.");
}
