using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>Looks for NaN and infinity piece by piece, so that a large tensor needs little extra memory.</summary>
internal static class FiniteValues
{
    private const long ElementsAtOnce = 1 << 22;

    /// <summary>Whether every element is finite. Always true for integers.</summary>
    public static bool Fill(torch.Tensor tensor)
    {
        if (!torch.is_floating_point(tensor))
            return true;
        using torch.Tensor flat = tensor.reshape(-1);
        for (long at = 0; at < flat.NumberOfElements; at += ElementsAtOnce)
            if (!PieceIsFinite(flat, at))
                return false;
        return true;
    }

    private static bool PieceIsFinite(torch.Tensor flat, long at)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor piece = flat.narrow(0, at, Math.Min(ElementsAtOnce, flat.NumberOfElements - at));
        // NaN and infinity survive a sum, which is one pass. Only a sum that is not finite needs the slower look at each element.
        return float.IsFinite(piece.sum(torch.float32).item<float>()) || piece.isfinite().all().item<bool>();
    }
}
