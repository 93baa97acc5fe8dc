using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>A folder's weights as one collection of tensors, from one file or from shards with an index.</summary>
internal sealed class WeightShards : IDisposable
{
    private readonly List<ICheckpointFile> _shards = [];
    private readonly Dictionary<string, ICheckpointFile> _shardOf = new(StringComparer.Ordinal);

    private WeightShards()
    {
    }

    public CheckpointFileKind Kind => _shards[0].Kind;

    /// <summary>Every tensor, shard by shard.</summary>
    public IEnumerable<TensorHeader> Tensors => _shards.SelectMany(shard => shard.Tensors.Values);

    /// <summary>What each shard contains besides tensors.</summary>
    public IEnumerable<(string Path, JsonNode? Metadata)> Metadata => _shards.Select(shard => (shard.Path, shard.Metadata));

    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static WeightShards Open(string folder)
    {
        var shards = new WeightShards();
        try
        {
            var files = WeightFiles.Find(folder);
            foreach (string file in files.Where(file => !file.EndsWith(".json", StringComparison.Ordinal)))
                shards.Add(CheckpointFile.Open(file));
            WeightFiles.CheckIndex(files, shards._shardOf);
            return shards;
        }
        catch
        {
            shards.Dispose();
            throw;
        }
    }

    public torch.Tensor Read(string name) => _shardOf[name].Read(name);

    public void Dispose()
    {
        foreach (ICheckpointFile shard in _shards)
            shard.Dispose();
    }

    private void Add(ICheckpointFile shard)
    {
        _shards.Add(shard);
        foreach (string name in shard.Tensors.Keys)
            if (!_shardOf.TryAdd(name, shard))
                throw new CheckpointException($"{shard.Path} and {_shardOf[name].Path} both contain {name}.");
    }
}
