using static TorchSharp.torch;

namespace TinyGptV.Model.Language;

/// <summary>
/// The rows of one sequence in a packed step. Sequences are concatenated without padding: all layers except attention process all rows
/// together, and attention processes each span with its own keys.
/// </summary>
/// <param name="Cache">The sequence's KV cache; null if the whole sequence is in this step and nothing is kept, as in training.</param>
/// <param name="Start">The first row.</param>
/// <param name="Count">Number of rows, at least 1.</param>
/// <param name="Visible">Attention mask of the rows, [n] bool; null for all visible. Only without a cache.</param>
internal readonly record struct RowSpan(KvCache? Cache, int Start, int Count, Tensor? Visible = null)
{
    /// <summary>Number of earlier positions.</summary>
    public int Past => Cache?.Length ?? 0;
}
