using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Where one tensor of the model comes from.</summary>
/// <param name="File">The open file.</param>
/// <param name="Header">The tensor in that file, under the file's name for it.</param>
/// <param name="Tokens">The number of tokens to resample the position table to; null if it is taken as it is.</param>
internal sealed record TensorSource(ICheckpointFile File, TensorHeader Header, long? Tokens)
{
    /// <summary>The element type of what <see cref="Read"/> gives: the stored one, but resampling computes in float32 and is not rounded again.</summary>
    public torch.ScalarType Type => Tokens is null ? Header.Type : torch.ScalarType.Float32;

    /// <summary>Reads the tensor in the model's shape; the caller disposes it.</summary>
    public torch.Tensor Read()
    {
        torch.Tensor stored = File.Read(Header.Name);
        if (Tokens is not { } tokens)
            return stored;
        using (stored)
            return PositionTable.Resample(stored, tokens);
    }
}
