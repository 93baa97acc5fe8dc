using System.Collections.Immutable;
using System.Text.RegularExpressions;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>How a file orders the rows of queries, keys and values of an attention layer.</summary>
internal enum AttentionRows
{
    /// <summary>[heads][q,k,v][head size]: transformers 4.36, as the model uses it. Also all tensors outside attention.</summary>
    ByHead,

    /// <summary>[q,k,v][heads][head size]: Microsoft's first release (Wqkv).</summary>
    ByKind,

    /// <summary>Three matrices, each [heads][head size]: transformers 4.37 and later.</summary>
    Apart,
}

/// <summary>A tensor with its transformers 4.36 name, and the tensors in the files it is built from.</summary>
internal sealed record PhiTensor(TensorHeader Header, AttentionRows Rows, ImmutableArray<string> Sources);

/// <summary>
/// Three generations of Phi-2 folders name and order the same weights differently. This class maps all of them to the names and the row order of
/// transformers 4.36, which the modified model was trained with. The order within a head never changes.
/// </summary>
internal static partial class PhiLayout
{
    private const string Fused = ".self_attn.query_key_value.", WqkvRows = ".self_attn.Wqkv.";

    /// <summary>Maps a folder's tensors; names that the model does not have stay as they are.</summary>
    public static IEnumerable<PhiTensor> Map(IReadOnlyCollection<TensorHeader> stored)
    {
        int lastModule = stored.Select(header => SequentialModule().Match(header.Name))
            .Select(match => match.Success && int.TryParse(match.Groups[1].ValueSpan, out int index) ? index : -1).DefaultIfEmpty(-1).Max();
        return stored
            .Where(header => !header.Name.EndsWith(".inv_freq", StringComparison.Ordinal)) // the rotary table is computed
            .GroupBy(header =>
                SplitProjection().Replace(Modern(header.Name, lastModule), Fused + "$2").Replace(WqkvRows, Fused, StringComparison.Ordinal))
            .Select(group => Make(group.Key, [.. group], lastModule));
    }

    /// <summary>Puts stored rows into the order [heads][q,k,v][head size]. Weights are [rows, columns], biases [rows].</summary>
    public static torch.Tensor Fuse(AttentionRows rows, IReadOnlyList<torch.Tensor> sources, long heads)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        long[] perHead = [heads, -1, .. sources[0].shape[1..]], whole = [-1, .. sources[0].shape[1..]];
        torch.Tensor parts = rows == AttentionRows.Apart
            ? torch.stack([.. sources.Select(source => source.reshape(perHead))], 1)
            : sources[0].reshape([3, .. perHead]).transpose(0, 1);
        return parts.reshape(whole).contiguous().MoveToOuterDisposeScope();
    }

    private static PhiTensor Make(string name, TensorHeader[] sources, int lastModule)
    {
        TensorHeader first = sources[0];
        if (SplitProjection().IsMatch(first.Name))
            return FromSplit(name, sources);
        if (sources.Length > 1)
            throw new CheckpointException($"{first.Name} and {sources[1].Name} both map to {name}. Keep only one generation of Phi-2 files in the folder.");
        bool byKind = Modern(first.Name, lastModule).Contains(WqkvRows, StringComparison.Ordinal);
        return new PhiTensor(first with { Name = name }, byKind ? AttentionRows.ByKind : AttentionRows.ByHead, [first.Name]);
    }

    private static PhiTensor FromSplit(string name, TensorHeader[] sources)
    {
        TensorHeader?[] parts = [.. new[] { "q", "k", "v" }
            .Select(kind => sources.SingleOrDefault(source => SplitProjection().Match(source.Name).Groups[1].Value == kind))];
        if (sources.Length != 3 || parts is not [{ } q, { } k, { } v] || !q.Shape.SequenceEqual(k.Shape) || !q.Shape.SequenceEqual(v.Shape) ||
            q.Type != k.Type || q.Type != v.Type || q.Shape.IsEmpty)
            throw new CheckpointException($"{name} needs q_proj, k_proj and v_proj of the same shape and type; found " +
                $"{string.Join(", ", sources.Select(source => $"{source.Name} {source.Type} {source.ShapeText}"))}.");
        return new PhiTensor(new TensorHeader(name, q.Type, q.Shape.SetItem(0, 3 * q.Shape[0])), AttentionRows.Apart, [q.Name, k.Name, v.Name]);
    }

    private static string Modern(string name, int lastModule)
    {
        if (SequentialModule().Match(name) is { Success: true } module && int.TryParse(module.Groups[1].ValueSpan, out int index))
            return Sequential(index, module.Groups[2].Value, lastModule);
        if (name.StartsWith("transformer.embd.wte.", StringComparison.Ordinal))
            return "model.embed_tokens." + name["transformer.embd.wte.".Length..];
        if (TransformerBlock().Match(name) is { Success: true } block)
            return $"model.layers.{block.Groups[1].Value}.{Inner(block.Groups[2].Value)}";
        if (name.StartsWith("lm_head.ln.", StringComparison.Ordinal))
            return "model.final_layernorm." + name["lm_head.ln.".Length..];
        return name.StartsWith("lm_head.linear.", StringComparison.Ordinal) ? "lm_head." + name["lm_head.linear.".Length..] : name;
    }

    /// <summary>One numbered list: embedding, then the blocks, then the head with its norm.</summary>
    private static string Sequential(int index, string rest, int lastModule)
    {
        if (index == 0 && rest.StartsWith("wte.", StringComparison.Ordinal))
            return "model.embed_tokens." + rest["wte.".Length..];
        if (index != lastModule)
            return $"model.layers.{index - 1}.{Inner(rest)}";
        return rest.StartsWith("ln.", StringComparison.Ordinal) ? "model.final_layernorm." + rest["ln.".Length..]
            : rest.StartsWith("linear.", StringComparison.Ordinal) ? "lm_head." + rest["linear.".Length..]
            : $"model.layers.{index - 1}.{Inner(rest)}";
    }

    private static string Inner(string name) => name switch
    {
        _ when name.StartsWith("ln.", StringComparison.Ordinal) => "input_layernorm." + name["ln.".Length..],
        _ when name.StartsWith("mixer.out_proj.", StringComparison.Ordinal) => "self_attn.dense." + name["mixer.out_proj.".Length..],
        _ when name.StartsWith("mixer.", StringComparison.Ordinal) => "self_attn." + name["mixer.".Length..],
        _ => name,
    };

    [GeneratedRegex(@"^layers\.([0-9]+)\.(.+)$")]
    private static partial Regex SequentialModule();

    [GeneratedRegex(@"^transformer\.h\.([0-9]+)\.(.+)$")]
    private static partial Regex TransformerBlock();

    [GeneratedRegex(@"\.self_attn\.([qkv])_proj\.(weight|bias)$")]
    private static partial Regex SplitProjection();
}
