using TinyGptV.Model.Layers;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Merges LoRA pairs into the weights they adapt: W + alpha/rank * B A.</summary>
internal static class LoraMerging
{
    private const string Weight = ".weight";

    /// <summary>Whether a tensor is half of a LoRA pair.</summary>
    public static bool IsAdapter(string name) =>
        name.EndsWith(CheckpointKeys.LoraA, StringComparison.Ordinal) || name.EndsWith(CheckpointKeys.LoraB, StringComparison.Ordinal);

    /// <summary>The pair that adapts a weight; null if there is none.</summary>
    public static (TensorSource A, TensorSource B)? PairOf(string name, IReadOnlyDictionary<string, TensorSource> sources)
    {
        if (!name.EndsWith(Weight, StringComparison.Ordinal))
            return null;
        string layer = name[..^Weight.Length];
        return sources.TryGetValue(layer + CheckpointKeys.LoraA, out TensorSource? a) &&
            sources.TryGetValue(layer + CheckpointKeys.LoraB, out TensorSource? b) ? (a, b) : null;
    }

    /// <summary>Computes in float32 and rounds once, to the weight's type.</summary>
    public static torch.Tensor Merge(TensorSource weight, TensorSource a, TensorSource b, double scale)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor stored = weight.Read();
        using Scalar kept = scale; // a temporary Scalar could be finalised while native code still reads it
        torch.Tensor delta = b.Read().to(torch.float32).matmul(a.Read().to(torch.float32)).mul_(kept); // [out, in]
        return delta.PlusInPlace(stored.to(torch.float32)).to(stored.dtype).MoveToOuterDisposeScope();
    }
}
