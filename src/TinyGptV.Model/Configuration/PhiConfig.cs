using System.Text.Json.Serialization;

namespace TinyGptV.Model.Configuration;

/// <summary>The sizes of the language model: <c>config.json</c> of a Phi-2 folder. Defaults: microsoft/phi-2.</summary>
public sealed record PhiConfig
{
    /// <summary>Number of rows in the embedding and in the output head.</summary>
    public int VocabSize { get; init; } = 51200;

    /// <summary>Width of the residual stream.</summary>
    public int HiddenSize { get; init; } = 2560;

    /// <summary>Width of the MLP's hidden layer.</summary>
    public int IntermediateSize { get; init; } = 10240;

    /// <summary>Number of decoder layers.</summary>
    public int NumHiddenLayers { get; init; } = 32;

    /// <summary>Number of attention heads.</summary>
    public int NumAttentionHeads { get; init; } = 32;

    /// <summary>Share of a head's dimensions that get the rotary embedding.</summary>
    public double PartialRotaryFactor { get; init; } = 0.4;

    /// <summary>Base of the rotary frequencies.</summary>
    public double RopeTheta { get; init; } = 10000;

    /// <summary>Epsilon of every layer norm. The added RMS norm always uses 1e-6.</summary>
    public double LayerNormEps { get; init; } = 1e-5;

    /// <summary>Initial number of positions in the rotary tables; they grow when needed.</summary>
    public int MaxPositionEmbeddings { get; init; } = 2048;

    /// <summary>
    /// The end-of-text token that stops generation. The published folder does not set it, so transformers, and with it the original,
    /// falls back to 2 (<c>#</c>).
    /// </summary>
    public int EosTokenId { get; init; } = 2;

    /// <summary>Dimensions of one head.</summary>
    [JsonIgnore]
    public int HeadSize => HiddenSize / NumAttentionHeads;

    /// <summary>Dimensions of one head that are rotated.</summary>
    [JsonIgnore]
    public int RotarySize => (int)(PartialRotaryFactor * HeadSize);
}
