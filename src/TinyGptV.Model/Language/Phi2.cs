using TinyGptV.Model.Configuration;
using TinyGptV.Model.Kernels;
using TinyGptV.Model.Layers;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace TinyGptV.Model.Language;

// Axes: R rows of a packed step, H heads, D head size, C = H * D width, V vocabulary, T positions of one sequence.
// Field names are checkpoint keys under "llama_model.". Linear layers and attention compute in the model's precision, norms and the
// residual stream in float32.

/// <summary>Phi-2 as modified by TinyGPT-V: norms on each head's queries and keys and on the attention output, and LoRA adapters.</summary>
internal sealed class Phi2 : nn.Module
{
    private readonly Phi2Model model;
    private readonly LinearLayer lm_head;

    public Phi2(PhiConfig config, LoraConfig lora, ScalarType dtype, Device device) : base(nameof(Phi2))
    {
        model = new Phi2Model(config, lora, dtype, device);
        lm_head = new LinearLayer(config.HiddenSize, config.VocabSize, dtype, device);
        RegisterComponents();
    }

    /// <summary>Embeds tokens.</summary>
    /// <param name="tokens">[R] int64.</param>
    /// <returns>[R, C]</returns>
    public Tensor Embed(Tensor tokens) => model.Embed(tokens);

    /// <summary>Runs all layers over the rows of one step and fills the KV caches.</summary>
    /// <param name="x">[R, C]; rows after the last span are padding.</param>
    /// <param name="spans">The sequences, in row order without gaps.</param>
    /// <returns>The final hidden states [R, C].</returns>
    public Tensor Forward(Tensor x, IReadOnlyList<RowSpan> spans) => model.Forward(x, spans);

    /// <summary>Merges all LoRA adapters into their weights.</summary>
    public void MergeAdapters()
    {
        using IDisposable mode = no_grad();
        foreach (LoraLinear layer in modules().OfType<LoraLinear>())
            layer.Merge();
    }

    /// <summary>The logits of the next token.</summary>
    /// <param name="hidden">[R, C]</param>
    /// <returns>[R, V] float32.</returns>
    public Tensor Logits(Tensor hidden) => lm_head.forward(hidden).to(float32);
}

internal sealed class Phi2Model : nn.Module
{
    private readonly RotaryEmbedding _rotary;
    private readonly Phi2Embedding embed_tokens;
    private readonly ModuleList<Phi2DecoderLayer> layers;
    private readonly LayerNorm final_layernorm;

    public Phi2Model(PhiConfig config, LoraConfig lora, ScalarType dtype, Device device) : base(nameof(Phi2Model))
    {
        _rotary = new RotaryEmbedding(config, dtype, device);
        embed_tokens = new Phi2Embedding(config, dtype, device);
        layers = nn.ModuleList(Enumerable.Range(0, config.NumHiddenLayers).Select(i => new Phi2DecoderLayer(i, config, lora, dtype, device)).ToArray());
        final_layernorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps, device: device, dtype: float32);
        RegisterComponents();
    }

    public Tensor Embed(Tensor tokens) => embed_tokens.forward(tokens);

    public Tensor Forward(Tensor x, IReadOnlyList<RowSpan> spans)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor cos, Tensor sin) = RotaryRows(x.shape[0], x.device, spans);
        foreach (Phi2DecoderLayer layer in layers)
            x = layer.Forward(x, spans, cos, sin);
        foreach (RowSpan span in spans)
            span.Cache?.Advance(span.Count);
        return final_layernorm.forward(x).MoveToOuterDisposeScope();
    }

    // A row's position is the number of rows before it in its sequence. There is no left padding to skip.
    private (Tensor Cos, Tensor Sin) RotaryRows(long rows, Device device, IReadOnlyList<RowSpan> spans)
    {
        var positions = new long[rows];
        foreach (RowSpan span in spans)
            for (int i = 0; i < span.Count; i++)
                positions[span.Start + i] = span.Past + i;
        return _rotary.Rows(tensor(positions, device: device), (int)positions.Max() + 1);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rotary.Dispose();
        base.Dispose(disposing);
    }
}

internal sealed class Phi2Embedding : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight; // [V, C]

    public Phi2Embedding(PhiConfig config, ScalarType dtype, Device device) : base(nameof(Phi2Embedding))
    {
        weight = new Parameter(empty(config.VocabSize, config.HiddenSize, dtype: dtype, device: device), requires_grad: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor tokens) => weight.index_select(0, tokens);
}

/// <summary>Attention and MLP in parallel after one norm; both are added to the residual stream.</summary>
internal sealed class Phi2DecoderLayer : nn.Module
{
    private readonly LayerNorm input_layernorm;
    private readonly Phi2Attention self_attn;
    private readonly RmsNorm post_layernorm; // added by TinyGPT-V: on the attention output, before the sum
    private readonly Phi2Mlp mlp;

    public Phi2DecoderLayer(int index, PhiConfig config, LoraConfig lora, ScalarType dtype, Device device) : base(nameof(Phi2DecoderLayer))
    {
        input_layernorm = nn.LayerNorm(config.HiddenSize, config.LayerNormEps, device: device, dtype: float32);
        self_attn = new Phi2Attention(index, config, lora, dtype, device);
        post_layernorm = new RmsNorm(config.HiddenSize, device);
        mlp = new Phi2Mlp(config, dtype, device);
        RegisterComponents();
    }

    public Tensor Forward(Tensor x, IReadOnlyList<RowSpan> spans, Tensor cos, Tensor sin)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor h = input_layernorm.forward(x).to(mlp.Precision);                            // [R, C], rounded once for both branches
        Tensor a = self_attn.Forward(h, spans, cos, sin), m = mlp.forward(h);               // [R, C]
        Tensor y = CpuKernels.Serve(a) && CpuKernels.Serve(m)
            ? post_layernorm.PlusBranchAndResidual(a, m, x)
            : post_layernorm.forward(a).PlusInPlace(m).PlusInPlace(x);
        return y.MoveToOuterDisposeScope();
    }
}

/// <summary>Causal multi-head attention with a norm on each head's queries and keys before the rotary embedding.</summary>
internal sealed class Phi2Attention : nn.Module
{
    private readonly int _index;
    private readonly PackedAttention _packed;
    private readonly int _heads;
    private readonly int _headSize;
    private readonly int _rotarySize;
    private readonly LoraLinear query_key_value; // rows: q, k, v of each head in turn
    private readonly LoraLinear dense;
    private readonly LayerNorm q_layernorm;      // added by TinyGPT-V, shared by all heads
    private readonly LayerNorm k_layernorm;

    public Phi2Attention(int index, PhiConfig config, LoraConfig lora, ScalarType dtype, Device device) : base(nameof(Phi2Attention))
    {
        (_index, _heads, _headSize, _rotarySize) = (index, config.NumAttentionHeads, config.HeadSize, config.RotarySize);
        query_key_value = new LoraLinear(config.HiddenSize, 3 * config.HiddenSize, lora, dtype, device);
        dense = new LoraLinear(config.HiddenSize, config.HiddenSize, lora, dtype, device);
        q_layernorm = nn.LayerNorm(config.HeadSize, config.LayerNormEps, device: device, dtype: float32);
        k_layernorm = nn.LayerNorm(config.HeadSize, config.LayerNormEps, device: device, dtype: float32);
        _packed = new PackedAttention(config, index, q_layernorm, k_layernorm);
        RegisterComponents();
    }

    public Tensor Forward(Tensor h, IReadOnlyList<RowSpan> spans, Tensor cos, Tensor sin)
    {
        Tensor joined = query_key_value.forward(h);                                         // [R, 3C]
        return dense.forward(PackedAttention.Serves(joined, spans) ? _packed.Attend(joined, spans, cos, sin) : AttendEach(joined, spans, cos, sin)); // [R, C]
    }

    private Tensor AttendEach(Tensor joined, IReadOnlyList<RowSpan> spans, Tensor cos, Tensor sin)
    {
        Tensor[] qkv = joined.view(-1, _heads, 3, _headSize).unbind(2);                     // 3 x [R, H, D]
        ScalarType dtype = qkv[2].dtype;
        Tensor q = Rotate(q_layernorm.forward(qkv[0].to(float32)), cos, sin).to(dtype);
        Tensor k = Rotate(k_layernorm.forward(qkv[1].to(float32)), cos, sin).to(dtype);
        List<Tensor> o = [.. spans.Select(span => Attend(span, q, k, qkv[2]))];             // each [n, H, D]
        long padding = q.shape[0] - spans.Sum(span => span.Count);
        if (padding > 0)
            o.Add(zeros(padding, _heads, _headSize, dtype: dtype, device: q.device));
        return cat(o).flatten(1);                                                           // [R, C]
    }

    private Tensor Attend(RowSpan span, Tensor q, Tensor k, Tensor v)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor queries = RowsOf(span, q), newKeys = RowsOf(span, k), newValues = RowsOf(span, v); // [n, H, D]
        (Tensor keys, Tensor values) = span.Cache?.Append(_index, newKeys, newValues) ?? (HeadsFirst(newKeys), HeadsFirst(newValues)); // [1, H, T, D]
        bool simple = span.Visible is null && (span.Past == 0 || span.Count == 1); // whole prefill or decode: no mask needed
        Tensor? mask = simple ? null : Mask(span, q);
        Tensor a = F.scaled_dot_product_attention(HeadsFirst(queries), keys, values, mask, is_casual: simple && span.Count > 1); // [1, H, n, D]
        return a.squeeze(0).transpose(0, 1).MoveToOuterDisposeScope();
    }

    private static Tensor RowsOf(RowSpan span, Tensor x) => x.narrow(0, span.Start, span.Count);

    // [n, H, D] -> [1, H, n, D], copied: with aligned memory the kernel's rounding does not depend on the span's position in the step.
    private static Tensor HeadsFirst(Tensor x) => x.transpose(0, 1).unsqueeze(0).contiguous();

    // New row i attends to everything before the step and to the visible new rows up to itself.
    private static Tensor Mask(RowSpan span, Tensor like)
    {
        Tensor causal = ones(span.Count, span.Past + span.Count, dtype: ScalarType.Bool, device: like.device).tril(span.Past); // [n, T]
        return span.Visible is null ? causal : causal.logical_and(span.Visible.unsqueeze(0));
    }

    private Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        Tensor rotated = RotaryEmbedding.Rotate(x.narrow(-1, 0, _rotarySize), cos, sin);
        return cat([rotated, x.narrow(-1, _rotarySize, _headSize - _rotarySize)], dim: -1);
    }
}

/// <summary>Two linear layers with GELU (tanh approximation) between them.</summary>
internal sealed class Phi2Mlp : nn.Module<Tensor, Tensor>
{
    private readonly LinearLayer fc1;
    private readonly LinearLayer fc2;

    public Phi2Mlp(PhiConfig config, ScalarType dtype, Device device) : base(nameof(Phi2Mlp))
    {
        fc1 = new LinearLayer(config.HiddenSize, config.IntermediateSize, dtype, device);
        fc2 = new LinearLayer(config.IntermediateSize, config.HiddenSize, dtype, device);
        RegisterComponents();
    }

    /// <summary>The precision of its products.</summary>
    public ScalarType Precision => fc1.Weight.dtype;

    public override Tensor forward(Tensor h)
    {
        using Tensor inner = fc1.forward(h);
        return fc2.forward(CpuKernels.Serve(inner) ? Passes.TanhGelu(inner) : TanhGelu(inner));
    }

    // Fields, because a temporary Scalar could be finalised while native code still reads it.
    private static readonly Scalar Three = 3, Cubic = 0.044715, Root = Math.Sqrt(2 / Math.PI), One = 1, Half = 0.5;

    // 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3)))
    private static Tensor TanhGelu(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor inner = x.pow(Three).mul_(Cubic).PlusInPlace(x).mul_(Root).tanh();
        return inner.Plus(One).mul(x).mul_(Half).MoveToOuterDisposeScope();
    }
}

/// <summary>x / sqrt(mean(x^2) + 1e-6) * weight, the mean in float32.</summary>
internal sealed class RmsNorm : nn.Module<Tensor, Tensor>
{
    // Fields, because a temporary Scalar could be finalised while native code still reads it.
    private static readonly Scalar Eps = 1e-6, Two = 2;

    private readonly Parameter weight; // [C]

    public RmsNorm(int width, Device device) : base(nameof(RmsNorm))
    {
        weight = new Parameter(ones(width, dtype: float32, device: device), requires_grad: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor wide = x.to(float32);
        Tensor scaled = wide * rsqrt(wide.pow(Two).mean([-1], keepdim: true).Plus(Eps));
        return (scaled * weight).MoveToOuterDisposeScope();
    }

    /// <summary>The norm of one branch plus the other branch plus the residual stream, in one pass, where <see cref="CpuKernels"/> serve.</summary>
    /// <param name="x">The branch to normalise, [R, C].</param>
    /// <param name="other">[R, C]</param>
    /// <param name="residual">[R, C] float32</param>
    /// <returns>[R, C] float32</returns>
    public Tensor PlusBranchAndResidual(Tensor x, Tensor other, Tensor residual) =>
        Passes.NormAndSum(x, weight, 1e-6f, other, residual.to(float32).contiguous());
}
