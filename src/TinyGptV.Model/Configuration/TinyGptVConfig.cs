using System.Text.Json.Serialization;

namespace TinyGptV.Model.Configuration;

/// <summary>
/// The sizes of a TinyGPT-V. Defaults are the published model's; a checkpoint folder may hold a <c>config.json</c> with other
/// values. The language model's own sizes come from <c>config.json</c> in the Phi-2 folder.
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

    /// <summary>The adapters of the language model.</summary>
    public LoraConfig Lora { get; init; } = new();

    /// <summary>Number of patches an image is divided into, the class token not counted.</summary>
    [JsonIgnore]
    public int Patches => (ImageSize / PatchSize) * (ImageSize / PatchSize);
}

/// <summary>Sizes of the EVA vision transformer. Defaults: ViT-g/14 with 39 blocks.</summary>
public sealed record EvaConfig
{
    /// <summary>Width of the residual stream.</summary>
    public int EmbedDim { get; init; } = 1408;

    /// <summary>Number of blocks; further blocks in the file are not built.</summary>
    public int Depth { get; init; } = 39;

    /// <summary>Attention heads; each has width <see cref="EmbedDim"/> / heads.</summary>
    public int NumHeads { get; init; } = 16;

    /// <summary>Width of the hidden layer of a block's MLP, as a multiple of <see cref="EmbedDim"/>, rounded down.</summary>
    public double MlpRatio { get; init; } = 4.3637;

    /// <summary>Width of the hidden layer of a block's MLP.</summary>
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

    /// <summary>Attention heads of self- and cross-attention.</summary>
    public int NumAttentionHeads { get; init; } = 12;

    /// <summary>Width of the hidden layer of the feed-forward part.</summary>
    public int IntermediateSize { get; init; } = 3072;

    /// <summary>Width of the visual encoder's tokens.</summary>
    public int EncoderWidth { get; init; } = 1408;

    /// <summary>Every how manieth layer has cross-attention, layer 0 first.</summary>
    public int CrossAttentionFreq { get; init; } = 2;

    /// <summary>Number of query tokens: the number of vectors an image becomes.</summary>
    public int QueryLength { get; init; } = 32;

    /// <summary>Added to the variance in every layer norm.</summary>
    public double LayerNormEps { get; init; } = 1e-12;
}

/// <summary>Low-rank adapters. Defaults: those of stages 2 to 4.</summary>
public sealed record LoraConfig
{
    /// <summary>Rank; 0 for none (the published stage-1 file).</summary>
    public int R { get; init; } = 64;

    /// <summary>The adapters' output is multiplied by alpha / rank.</summary>
    public double Alpha { get; init; } = 16;
}
