using TinyGptV.Model.Configuration;
using TinyGptV.Model.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Vision;

// Axes: B images, N patches (row by row, top to bottom), T = 1 + N tokens, H heads, D head size, C = H * D width.
// Field names are checkpoint keys under "visual_encoder.". Linear layers and the convolution compute in the model's precision, norms
// and the residual stream in float32.

/// <summary>The EVA vision transformer: turns an image into a class token and one token per patch. No final norm, no pooling.</summary>
internal sealed class EvaVisionTransformer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter cls_token; // [1, 1, C]
    private readonly Parameter pos_embed; // [1, T, C]
    private readonly EvaPatchEmbedding patch_embed;
    private readonly ModuleList<EvaBlock> blocks;

    public EvaVisionTransformer(TinyGptVConfig config, ScalarType dtype, Device device) : base(nameof(EvaVisionTransformer))
    {
        EvaConfig eva = config.Eva;
        cls_token = new Parameter(empty(1, 1, eva.EmbedDim, dtype: float32, device: device), requires_grad: false);
        pos_embed = new Parameter(empty(1, 1 + config.Patches, eva.EmbedDim, dtype: float32, device: device), requires_grad: false);
        patch_embed = new EvaPatchEmbedding(config.PatchSize, eva.EmbedDim, dtype, device);
        blocks = nn.ModuleList(Enumerable.Range(0, eva.Depth).Select(_ => new EvaBlock(eva, dtype, device)).ToArray());
        RegisterComponents();
    }

    /// <param name="image">Normalised pixels [B, 3, S, S], S the configured image size.</param>
    /// <returns>[B, T, C], the class token first.</returns>
    public override Tensor forward(Tensor image)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor patches = patch_embed.forward(image);                                        // [B, N, C]
        Tensor cls = cls_token.expand(image.shape[0], -1, -1);                              // [B, 1, C]
        Tensor x = cat([cls, patches], dim: 1).Plus(pos_embed);                                // [B, T, C]
        foreach (EvaBlock block in blocks)
            x = block.forward(x);
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>Splits an image into patches and projects each one.</summary>
internal sealed class EvaPatchEmbedding : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d proj;

    public EvaPatchEmbedding(int patchSize, int width, ScalarType dtype, Device device) : base(nameof(EvaPatchEmbedding))
    {
        proj = nn.Conv2d(3, width, patchSize, stride: patchSize, device: device, dtype: dtype);
        RegisterComponents();
    }

    public override Tensor forward(Tensor image) =>
        proj.forward(image.to(proj.weight.dtype)).flatten(2).transpose(1, 2);               // [B, C, G, G] -> [B, N, C]
}

/// <summary>Attention, then MLP, each after its own layer norm and added to the residual stream.</summary>
internal sealed class EvaBlock : nn.Module<Tensor, Tensor>
{
    private const double NormEps = 1e-6;

    private readonly LayerNorm norm1;
    private readonly EvaAttention attn;
    private readonly LayerNorm norm2;
    private readonly EvaMlp mlp;

    public EvaBlock(EvaConfig config, ScalarType dtype, Device device) : base(nameof(EvaBlock))
    {
        norm1 = nn.LayerNorm(config.EmbedDim, NormEps, device: device, dtype: float32);
        attn = new EvaAttention(config, dtype, device);
        norm2 = nn.LayerNorm(config.EmbedDim, NormEps, device: device, dtype: float32);
        mlp = new EvaMlp(config, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        x = x.Plus(attn.forward(norm1.forward(x)));
        x = x.Plus(mlp.forward(norm2.forward(x)));
        return x.MoveToOuterDisposeScope();
    }
}

/// <summary>Multi-head self-attention over all tokens. Queries and values have a bias, keys do not.</summary>
internal sealed class EvaAttention : nn.Module<Tensor, Tensor>
{
    private readonly int _heads;
    private readonly Parameter q_bias; // [C]
    private readonly Parameter v_bias; // [C]
    private readonly LinearLayer qkv;  // rows: q, k, v, each head by head
    private readonly LinearLayer proj;

    public EvaAttention(EvaConfig config, ScalarType dtype, Device device) : base(nameof(EvaAttention))
    {
        _heads = config.NumHeads;
        q_bias = new Parameter(empty(config.EmbedDim, dtype: float32, device: device), requires_grad: false);
        v_bias = new Parameter(empty(config.EmbedDim, dtype: float32, device: device), requires_grad: false);
        qkv = new LinearLayer(config.EmbedDim, 3 * config.EmbedDim, dtype, device, hasBias: false);
        proj = new LinearLayer(config.EmbedDim, config.EmbedDim, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        long b = x.shape[0], t = x.shape[1], c = x.shape[2];
        Tensor bias = cat([q_bias, zeros_like(v_bias), v_bias]);                            // [3C]
        Tensor z = qkv.Forward(x, bias).view(b, t, 3, _heads, c / _heads).permute(2, 0, 3, 1, 4); // [3, B, H, T, D]
        Tensor o = F.scaled_dot_product_attention(z[0], z[1], z[2]);                        // [B, H, T, D], scale D^-0.5
        return proj.forward(o.transpose(1, 2).reshape(b, t, c));
    }
}

/// <summary>Two linear layers with the exact (erf) GELU between them.</summary>
internal sealed class EvaMlp : nn.Module<Tensor, Tensor>
{
    private readonly LinearLayer fc1;
    private readonly LinearLayer fc2;

    public EvaMlp(EvaConfig config, ScalarType dtype, Device device) : base(nameof(EvaMlp))
    {
        fc1 = new LinearLayer(config.EmbedDim, config.MlpWidth, dtype, device);
        fc2 = new LinearLayer(config.MlpWidth, config.EmbedDim, dtype, device);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fc2.forward(F.gelu(fc1.forward(x)));
}
