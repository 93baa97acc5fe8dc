using TinyGptV.Model.Configuration;
using TinyGptV.Model.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Vision;

// Axes: B images, Q queries, T image tokens, H heads, D head size, C = H * D width, E width of the image tokens.
// Field names are checkpoint keys under "Qformer.". The text side of BLIP-2's Q-Former (word and position embeddings,
// `cls`, `intermediate`, `output`) is not built. Linear layers compute in the model's precision, norms and sums in float32.

/// <summary>The Q-Former: query tokens attend to the image tokens and become the image's vectors.</summary>
internal sealed class QFormer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly QFormerBert bert;

    public QFormer(QFormerConfig config, ScalarType dtype, Device device) : base(nameof(QFormer))
    {
        bert = new QFormerBert(config, dtype, device);
        RegisterComponents();
    }

    /// <param name="queries">[B, Q, C]</param>
    /// <param name="imageTokens">[B, T, E]</param>
    /// <returns>[B, Q, C]</returns>
    public override Tensor forward(Tensor queries, Tensor imageTokens) => bert.forward(queries, imageTokens);
}

internal sealed class QFormerBert : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly QFormerEmbeddings embeddings;
    private readonly QFormerEncoder encoder;

    public QFormerBert(QFormerConfig config, ScalarType dtype, Device device) : base(nameof(QFormerBert))
    {
        embeddings = new QFormerEmbeddings(config, dtype, device);
        encoder = new QFormerEncoder(config, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor queries, Tensor imageTokens) => encoder.forward(embeddings.forward(queries), imageTokens);
}

/// <summary>Query tokens get a norm, but no position embedding.</summary>
internal sealed class QFormerEmbeddings : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm LayerNorm;

    public QFormerEmbeddings(QFormerConfig config, ScalarType dtype, Device device) : base(nameof(QFormerEmbeddings))
    {
        LayerNorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps, device: device, dtype: float32);
        RegisterComponents();
    }

    public override Tensor forward(Tensor queries) => LayerNorm.forward(queries);
}

internal sealed class QFormerEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<QFormerLayer> layer;

    public QFormerEncoder(QFormerConfig config, ScalarType dtype, Device device) : base(nameof(QFormerEncoder))
    {
        layer = nn.ModuleList(Enumerable.Range(0, config.NumHiddenLayers)
            .Select(i => new QFormerLayer(config, crossesAttention: i % config.CrossAttentionFreq == 0, dtype, device)).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor imageTokens)
    {
        foreach (QFormerLayer one in layer)
            x = one.forward(x, imageTokens);
        return x;
    }
}

/// <summary>Self-attention, cross-attention to the image in every second layer, then feed-forward; each with a norm after the residual sum.</summary>
internal sealed class QFormerLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly QFormerAttention attention;
    private readonly QFormerAttention? crossattention;
    private readonly QFormerIntermediate intermediate_query;
    private readonly QFormerOutput output_query;

    public QFormerLayer(QFormerConfig config, bool crossesAttention, ScalarType dtype, Device device) : base(nameof(QFormerLayer))
    {
        attention = new QFormerAttention(config, config.HiddenSize, dtype, device);
        crossattention = crossesAttention ? new QFormerAttention(config, config.EncoderWidth, dtype, device) : null;
        intermediate_query = new QFormerIntermediate(config, dtype, device);
        output_query = new QFormerOutput(config, config.IntermediateSize, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor imageTokens)
    {
        using DisposeScope scope = NewDisposeScope();
        x = attention.forward(x, x);                                                        // [B, Q, C]
        if (crossattention is not null)
            x = crossattention.forward(x, imageTokens);         // [B, Q, C]
        return output_query.forward(intermediate_query.forward(x), x).MoveToOuterDisposeScope();
    }
}

internal sealed class QFormerAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly QFormerSelfAttention self;
    private readonly QFormerOutput output;

    public QFormerAttention(QFormerConfig config, int keyWidth, ScalarType dtype, Device device) : base(nameof(QFormerAttention))
    {
        self = new QFormerSelfAttention(config, keyWidth, dtype, device);
        output = new QFormerOutput(config, config.HiddenSize, dtype, device);
        RegisterComponents();
    }

    /// <param name="x">[B, Q, C]</param>
    /// <param name="attended">The tokens attended to: the queries themselves or the image tokens.</param>
    /// <returns>[B, Q, C]</returns>
    public override Tensor forward(Tensor x, Tensor attended) => output.forward(self.forward(x, attended), x);
}

internal sealed class QFormerSelfAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int _heads;
    private readonly LinearLayer query;
    private readonly LinearLayer key;
    private readonly LinearLayer value;

    public QFormerSelfAttention(QFormerConfig config, int keyWidth, ScalarType dtype, Device device) : base(nameof(QFormerSelfAttention))
    {
        _heads = config.NumAttentionHeads;
        query = new LinearLayer(config.HiddenSize, config.HiddenSize, dtype, device);
        key = new LinearLayer(keyWidth, config.HiddenSize, dtype, device);
        value = new LinearLayer(keyWidth, config.HiddenSize, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor attended)
    {
        Tensor q = SplitHeads(query.forward(x)), k = SplitHeads(key.forward(attended)), v = SplitHeads(value.forward(attended));
        Tensor o = F.scaled_dot_product_attention(q, k, v);                                 // [B, H, Q, D], scale D^-0.5
        return o.transpose(1, 2).flatten(2);                                                // [B, Q, C]
    }

    private Tensor SplitHeads(Tensor x) => x.unflatten(2, [_heads, -1]).transpose(1, 2);    // [B, *, C] -> [B, H, *, D]
}

internal sealed class QFormerIntermediate : nn.Module<Tensor, Tensor>
{
    private readonly LinearLayer dense;

    public QFormerIntermediate(QFormerConfig config, ScalarType dtype, Device device) : base(nameof(QFormerIntermediate))
    {
        dense = new LinearLayer(config.HiddenSize, config.IntermediateSize, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => F.gelu(dense.forward(x));                   // exact (erf) GELU
}

internal sealed class QFormerOutput : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly LinearLayer dense;
    private readonly LayerNorm LayerNorm;

    public QFormerOutput(QFormerConfig config, int inFeatures, ScalarType dtype, Device device) : base(nameof(QFormerOutput))
    {
        dense = new LinearLayer(inFeatures, config.HiddenSize, dtype, device);
        LayerNorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps, device: device, dtype: float32);
        RegisterComponents();
    }

    /// <param name="x">The branch [B, Q, *].</param>
    /// <param name="residual">The residual input [B, Q, C].</param>
    /// <returns>[B, Q, C]</returns>
    public override Tensor forward(Tensor x, Tensor residual) => LayerNorm.forward(dense.forward(x).Plus(residual));
}
