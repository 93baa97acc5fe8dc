using System.Text.Json.Serialization;

namespace TinyGptV.Model.Configuration;

/// <summary>
/// The sizes of a TinyGPT-V model. Defaults: the published model. A checkpoint folder may contain a <c>config.json</c> with other
/// values. The language model's sizes come from <c>config.json</c> in the Phi-2 folder.
/// </summary>
public sealed record TinyGptVConfig
{
    /// <summary>Width and height of the square input image in pixels: 448 for stage 4, 224 for stages 1 to 3. Default: 448.</summary>
    public int ImageSize { get; init; } = 448;

    /// <summary>Width and height of a patch in pixels. Default: 14.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>The visual encoder.</summary>
    public EvaConfig Eva { get; init; } = new();

    /// <summary>The Q-Former.</summary>
    public QFormerConfig Qformer { get; init; } = new();

    /// <summary>Width between the two projections. Default: 4096.</summary>
    public int LlamaProjMid { get; init; } = 4096;

    /// <summary>The LoRA adapters of the language model.</summary>
    public LoraConfig Lora { get; init; } = new();

    /// <summary>Number of patches in an image, without the class token.</summary>
    [JsonIgnore]
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);
}

/// <summary>Sizes of the EVA vision transformer. Defaults: ViT-g/14 with 39 blocks.</summary>
public sealed record EvaConfig
{
    /// <summary>Width of the residual stream.</summary>
    public int EmbedDim { get; init; } = 1408;

    /// <summary>Number of blocks; further blocks in the file are ignored.</summary>
    public int Depth { get; init; } = 39;

    /// <summary>Number of attention heads; each has width <see cref="EmbedDim"/> / heads.</summary>
    public int NumHeads { get; init; } = 16;

    /// <summary>Width of the MLP's hidden layer as a multiple of <see cref="EmbedDim"/>, rounded down.</summary>
    public double MlpRatio { get; init; } = 4.3637;

    /// <summary>Width of the MLP's hidden layer.</summary>
    [JsonIgnore]
    public int MlpWidth => (int)(EmbedDim * MlpRatio);
}

/// <summary>Sizes of the Q-Former. Defaults: BLIP-2's.</summary>
public sealed record QFormerConfig
{
    /// <summary>Width of the query stream.</summary>
    public int HiddenSize { get; init; } = 768;

    /// <summary>Number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 12;

    /// <summary>Number of attention heads, for self-attention and cross-attention.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Width of the feed-forward network's hidden layer.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Width of the visual encoder's tokens.</summary>
    public int EncoderWidth { get; init; } = 1408;

    /// <summary>Every n-th layer has cross-attention, starting with layer 0.</summary>
    public int CrossAttentionFreq { get; init; } = 2;

    /// <summary>Number of query tokens, and so of vectors per image.</summary>
    public int QueryLength { get; init; } = 32;

    /// <summary>Epsilon of every layer norm.</summary>
    public double LayerNormEps { get; init; } = 1e-12;
}

/// <summary>LoRA adapters. Defaults: those of stages 2 to 4.</summary>
public sealed record LoraConfig
{
    /// <summary>Rank; 0 for none (the published stage-1 file).</summary>
    public int R { get; init; } = 64;

    /// <summary>The adapters' output is multiplied by alpha / rank.</summary>
    public double Alpha { get; init; } = 16;
}
