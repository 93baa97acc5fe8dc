using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>The format of a checkpoint on disk.</summary>
public enum CheckpointFileKind
{
    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>A PyTorch zip archive with a pickled directory (.pth, .pt, .bin).</summary>
    TorchZip,
}

/// <summary>Named tensors on disk. Opening reads the headers; values are read on demand. Reading is thread-safe, disposing is not.</summary>
public interface ICheckpointFile : IDisposable
{
    /// <summary>The file, or the folder of the shards.</summary>
    string Path { get; }

    /// <summary>The file format.</summary>
    CheckpointFileKind Kind { get; }

    /// <summary>Every tensor by its name in the file.</summary>
    IReadOnlyDictionary<string, TensorHeader> Tensors { get; }

    /// <summary>Contents besides tensors (safetensors metadata; <c>config</c>, <c>epoch</c> ... of a training checkpoint); null if none.</summary>
    JsonNode? Metadata { get; }

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">A key of <see cref="Tensors"/>.</param>
    /// <returns>A new contiguous CPU tensor of the stored type; the caller disposes it.</returns>
    /// <exception cref="CheckpointException">The file has no such tensor.</exception>
    torch.Tensor Read(string name);
}
