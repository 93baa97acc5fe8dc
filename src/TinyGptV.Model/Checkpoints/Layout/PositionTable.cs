using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>The visual encoder's position embedding: one row for the class token, then a square grid, row by row.</summary>
internal static class PositionTable
{
    /// <summary>Whether a stored table can be resampled to the model's number of tokens.</summary>
    public static bool CanResample(ReadOnlySpan<long> stored, ReadOnlySpan<long> wanted) =>
        stored.Length == 3 && wanted.Length == 3 && stored[0] == 1 && wanted[0] == 1 && stored[2] == wanted[2] && IsGrid(stored[1]) && IsGrid(wanted[1]);

    /// <summary>
    /// Resamples [1, 1 + g*g, width] to [1, tokens, width] in float32: PyTorch's bicubic (a = -0.75, align_corners false, no antialiasing).
    /// The class token's row is unchanged.
    /// </summary>
    public static torch.Tensor Resample(torch.Tensor table, long tokens)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor single = table.to_type(torch.ScalarType.Float32);
        long from = GridSide(table.shape[1]), to = GridSide(tokens), width = table.shape[2];
        torch.Tensor grid = single.narrow(1, 1, from * from).reshape(1, from, from, width).permute(0, 3, 1, 2);
        torch.Tensor resampled = torch.nn.functional.interpolate(grid, size: [to, to], mode: torch.InterpolationMode.Bicubic, align_corners: false);
        return torch.cat([single.narrow(1, 0, 1), resampled.permute(0, 2, 3, 1).reshape(1, to * to, width)], 1).MoveToOuterDisposeScope();
    }

    private static bool IsGrid(long tokens) => tokens > 1 && GridSide(tokens) * GridSide(tokens) == tokens - 1;

    private static long GridSide(long tokens) => (long)Math.Sqrt(tokens - 1);
}
