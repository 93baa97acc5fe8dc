using System.Text.Json.Serialization;

namespace TinyGptV.Model.Configuration;

/// <summary>The sizes of the language model: <c>config.json</c> of a Phi-2 folder. Defaults: microsoft/phi-2.</summary>
public sealed record PhiConfig
{
    /// <summary>Number of rows of the embedding and of the output head.</summary>
    public int VocabSize { get; init; } = 51200;

    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize { get; init; } = 2560;

    /// <summary>Width of the hidden layer of the MLP.</summary>
    public int IntermediateSize { get; init; } = 10240;

    /// <summary>Number of decoder layers.</summary>
    public int NumHiddenLayers { get; init; } = 32;

    /// <summary>Attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>Share of a head's dimensions that is rotated by position.</summary>
    public double PartialRotaryFactor { get; init; } = 0.4;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Added to the variance in every layer norm. The added RMS norm always uses 1e-6.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>Positions the rotary tables are made for at first; they grow beyond.</summary>
    public int MaxPositionEmbeddings { get; init; } = 2048;

    /// <summary>
    /// The token that ends generation. The published folder does not name the tokenizer's: transformers falls back to 2 (<c>#</c>),
    /// and so does the original.
    /// </summary>
    public int EosTokenId { get; init; } = 2;

    /// <summary>Dimensions of one head.</summary>
    [JsonIgnore]
    public int HeadSize => HiddenSize / NumAttentionHeads;

    /// <summary>Dimensions of one head that are rotated.</summary>
    [JsonIgnore]
    public int RotarySize => (int)(PartialRotaryFactor * HeadSize);
}
