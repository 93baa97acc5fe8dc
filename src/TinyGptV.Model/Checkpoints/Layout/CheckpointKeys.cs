using System.Text.RegularExpressions;

namespace TinyGptV.Model.Checkpoints.Layout;

/// <summary>The kinds of files that make up a model. The first four are in load order: if two contain a tensor, the later one wins.</summary>
public enum CheckpointRole
{
    /// <summary>The Phi-2 folder: the language model.</summary>
    Phi,

    /// <summary>EVA ViT-g: the visual encoder.</summary>
    Eva,

    /// <summary>BLIP-2: Q-Former, query tokens and the norm after the visual encoder.</summary>
    Blip2,

    /// <summary>TinyGPT-V itself: projections, norm weights, LoRA.</summary>
    Stage,

    /// <summary>A converted folder: all tensors of the others under their canonical names.</summary>
    Converted,
}

/// <summary>
/// Tensor names. Canonical names are those of the original's full model without the LoRA wrapper around the language model
/// (<c>visual_encoder.*</c>, <c>ln_vision.*</c>, <c>Qformer.bert.*</c>, <c>query_tokens</c>, <c>llama_proj.*</c>, <c>llama_proj2.*</c>,
/// <c>llama_model.*</c>), with LoRA pairs as <c>...query_key_value.lora_A.weight</c>.
/// </summary>
public static partial class CheckpointKeys
{
    /// <summary>Prefix of the visual encoder.</summary>
    public const string VisualEncoder = "visual_encoder.";

    /// <summary>Prefix of the language model.</summary>
    public const string LanguageModel = "llama_model.";

    /// <summary>The position table, resampled if the model's image size differs from the file's.</summary>
    public const string PositionTable = VisualEncoder + "pos_embed";

    /// <summary>The suffixes of a LoRA pair, in place of the adapted layer's <c>.weight</c>.</summary>
    internal const string LoraA = ".lora_A.weight", LoraB = ".lora_B.weight";

    private const string LoraWrapper = "llama_model.base_model.model.";

    /// <summary>The canonical name of a file's tensor.</summary>
    /// <param name="role">The kind of file; a Phi-2 folder has transformers 4.36 names (see <see cref="Phi2Folder"/>).</param>
    /// <param name="name">The name in the file.</param>
    public static string Canonical(CheckpointRole role, string name) => role switch
    {
        CheckpointRole.Phi => LanguageModel + name,
        CheckpointRole.Eva => VisualEncoder + name,
        CheckpointRole.Blip2 or CheckpointRole.Converted => name,
        _ => WithoutWrapper(name),
    };

    /// <summary>Why a tensor is safe to ignore; null if it is not.</summary>
    /// <param name="canonicalName">The canonical name.</param>
    /// <param name="visualBlocks">Number of blocks in the visual encoder.</param>
    public static string? ReasonToIgnore(string canonicalName, int visualBlocks)
    {
        if (canonicalName == "Qformer.bert.embeddings.position_ids")
            return "an unused buffer";
        if (canonicalName.StartsWith("t5_proj.", StringComparison.Ordinal))
            return "BLIP-2's projection into its own language model";
        if (TextPartOfQFormer().IsMatch(canonicalName))
            return "the Q-Former's text half, which is not built";
        if (HeadOfVisualEncoder().IsMatch(canonicalName))
            return "the visual encoder's classifier, which is not built";
        if (VisualBlock().Match(canonicalName) is { Success: true } block && int.TryParse(block.Groups[1].ValueSpan, out int index) &&
            index >= visualBlocks)
            return $"a block beyond the visual encoder's {visualBlocks}";
        return null;
    }

    /// <summary>Whether a tensor may stay zero: no published file contains the biases of the added query and key norms.</summary>
    public static bool MayComeFromNoFile(string canonicalName) =>
        canonicalName.EndsWith(".q_layernorm.bias", StringComparison.Ordinal) || canonicalName.EndsWith(".k_layernorm.bias", StringComparison.Ordinal);

    /// <summary>Number of visual encoder blocks in a list of canonical names: the highest index plus one.</summary>
    internal static int VisualBlocks(IEnumerable<string> canonicalNames) => canonicalNames
        .Select(name => VisualBlock().Match(name))
        .Select(block => block.Success && int.TryParse(block.Groups[1].ValueSpan, out int index) ? index + 1 : 0)
        .DefaultIfEmpty(0).Max();

    private static string WithoutWrapper(string name)
    {
        if (!name.StartsWith(LanguageModel, StringComparison.Ordinal))
            return name;
        string inner = name.StartsWith(LoraWrapper, StringComparison.Ordinal) ? name[LoraWrapper.Length..] : name[LanguageModel.Length..];
        return LanguageModel + LaterPeftNames().Replace(inner, "$1");
    }

    // peft 0.2.0 writes lora_A.weight; later versions insert the adapter's name, and base_layer before the wrapped layer's names.
    [GeneratedRegex(@"(\.lora_[AB])\.default(?=\.weight$)|\.base_layer(?=\.(weight|bias)$)")]
    private static partial Regex LaterPeftNames();

    [GeneratedRegex(@"^Qformer\.(cls\.|bert\.(pooler\.|embeddings\.(word_embeddings|position_embeddings)\.|encoder\.layer\.[0-9]+\.(intermediate|output)\.))")]
    private static partial Regex TextPartOfQFormer();

    [GeneratedRegex(@"^visual_encoder\.(norm|fc_norm|head)\.")]
    private static partial Regex HeadOfVisualEncoder();

    [GeneratedRegex(@"^visual_encoder\.blocks\.([0-9]+)\.")]
    private static partial Regex VisualBlock();
}
