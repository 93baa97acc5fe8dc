using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>Rewrites Phi-2's weights with the names and order of other generations of files.</summary>
internal static class PhiGeneration
{
    private const string Qkv = ".self_attn.query_key_value.";

    public static bool IsAddedNorm(string name) =>
        name.Contains("q_layernorm", StringComparison.Ordinal) || name.Contains("k_layernorm", StringComparison.Ordinal) ||
        name.Contains("post_layernorm", StringComparison.Ordinal);

    /// <summary>A tensor as in another generation of files: the inverse of the code under test, row by row.</summary>
    public static IEnumerable<KeyValuePair<string, torch.Tensor>> Rewrite(string generation, string name, torch.Tensor tensor, int heads, int layers)
    {
        if (generation == "split")
        {
            if (!name.Contains(Qkv, StringComparison.Ordinal))
                return [new(name, tensor)];
            return "qkv".Select((letter, kind) =>
                KeyValuePair.Create(name.Replace(Qkv, $".self_attn.{letter}_proj.", StringComparison.Ordinal), Rows(tensor, heads, [kind])));
        }

        torch.Tensor rows = name.Contains(Qkv, StringComparison.Ordinal) ? Rows(tensor, heads, [0, 1, 2]) : tensor;
        return [new(MicrosoftName(generation, name, layers), rows)];
    }

    private static torch.Tensor Rows(torch.Tensor fused, int heads, int[] kinds)
    {
        int headSize = (int)fused.shape[0] / heads / 3;
        long[] order = [..
            from kind in kinds
            from head in Enumerable.Range(0, heads)
            from row in Enumerable.Range(0, headSize)
            select (long)(head * 3 + kind) * headSize + row];
        return fused.index_select(0, torch.tensor(order));
    }

    private static string MicrosoftName(string tree, string name, int layers)
    {
        string inner = name.Replace(".input_layernorm.", ".ln.", StringComparison.Ordinal).Replace(Qkv, ".mixer.Wqkv.", StringComparison.Ordinal)
            .Replace(".self_attn.dense.", ".mixer.out_proj.", StringComparison.Ordinal)
            .Replace(".self_attn.", ".mixer.", StringComparison.Ordinal); // the added norms, which that generation did not have
        if (tree == "transformer.h")
            return inner.Replace("model.layers.", "transformer.h.", StringComparison.Ordinal)
                .Replace("model.embed_tokens.", "transformer.embd.wte.", StringComparison.Ordinal)
                .Replace("lm_head.", "lm_head.linear.", StringComparison.Ordinal).Replace("model.final_layernorm.", "lm_head.ln.", StringComparison.Ordinal);
        for (int i = layers - 1; i >= 0; i--)
            inner = inner.Replace($"model.layers.{i}.", $"layers.{i + 1}.", StringComparison.Ordinal);
        return inner.Replace("model.embed_tokens.", "layers.0.wte.", StringComparison.Ordinal)
            .Replace("lm_head.", $"layers.{layers + 1}.linear.", StringComparison.Ordinal)
            .Replace("model.final_layernorm.", $"layers.{layers + 1}.ln.", StringComparison.Ordinal);
    }
}
