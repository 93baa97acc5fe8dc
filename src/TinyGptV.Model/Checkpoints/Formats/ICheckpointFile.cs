using System.Text.Json.Nodes;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Formats;

/// <summary>How the tensors of a checkpoint lie on disk.</summary>
public enum CheckpointFileKind
{
    /// <summary>A safetensors file.</summary>
    Safetensors,

    /// <summary>A PyTorch zip archive with a pickled directory (.pth, .pt, .bin).</summary>
    TorchZip,
}

/// <summary>Named tensors on disk. The headers are read when it is opened; values only when asked for. Reading is thread-safe, disposing is not.</summary>
public interface ICheckpointFile : IDisposable
{
    /// <summary>The file, or the folder of a set of shards.</summary>
    string Path { get; }

    /// <summary>How the tensors are stored.</summary>
    CheckpointFileKind Kind { get; }

    /// <summary>Every tensor by its name in the file.</summary>
    IReadOnlyDictionary<string, TensorHeader> Tensors { get; }

    /// <summary>What the file holds beside tensors (safetensors metadata; <c>config</c>, <c>epoch</c> ... of a training checkpoint); null if nothing.</summary>
    JsonNode? Metadata { get; }

    /// <summary>Reads one tensor.</summary>
    /// <param name="name">A key of <see cref="Tensors"/>.</param>
    /// <returns>A new contiguous CPU tensor in the stored type, which the caller disposes.</returns>
    /// <exception cref="CheckpointException">The file holds no such tensor.</exception>
    torch.Tensor Read(string name);
}
