using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Where one tensor of the model comes from.</summary>
/// <param name="File">The open file.</param>
/// <param name="Header">The tensor in that file, with its name there.</param>
/// <param name="Tokens">Number of tokens to resample the position table to; null to use the tensor as it is.</param>
internal sealed record TensorSource(ICheckpointFile File, TensorHeader Header, long? Tokens)
{
    /// <summary>The element type that <see cref="Read"/> returns: the stored one, or float32 if resampled (the result is not rounded again).</summary>
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
