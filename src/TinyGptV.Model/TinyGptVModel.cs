using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using TinyGptV.Model.Layers;
using TinyGptV.Model.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyGptV.Model;

/// <summary>
/// TinyGPT-V: image -> visual encoder -> norm -> Q-Former -> two projections -> image vectors in the prompt of the language model.
/// Its parameter names are the keys of a TinyGPT-V checkpoint without the LoRA wrapper.
/// </summary>
internal sealed class TinyGptVModel : nn.Module
{
    private const double VisionNormEps = 1e-5; // the framework's default, not the encoder's 1e-6

    private readonly EvaVisionTransformer visual_encoder;
    private readonly LayerNorm ln_vision;
    private readonly Parameter query_tokens; // [1, Q, 768]
    private readonly QFormer Qformer;
    private readonly LinearLayer llama_proj;
    private readonly LinearLayer llama_proj2;
    private readonly Phi2 llama_model;

    public TinyGptVModel(TinyGptVConfig config, PhiConfig phi, ScalarType dtype, Device device) : base(nameof(TinyGptVModel))
    {
        (Config, Phi, DType, Device) = (config, phi, dtype, device);
        visual_encoder = new EvaVisionTransformer(config, dtype, device);
        ln_vision = VisionNorm(config.Eva.EmbedDim, device);
        query_tokens = new Parameter(empty(1, config.Qformer.QueryLength, config.Qformer.HiddenSize, dtype: float32, device: device), requires_grad: false);
        Qformer = new QFormer(config.Qformer, dtype, device);
        llama_proj = new LinearLayer(config.Qformer.HiddenSize, config.LlamaProjMid, dtype, device);
        llama_proj2 = new LinearLayer(config.LlamaProjMid, phi.HiddenSize, dtype, device);
        llama_model = new Phi2(phi, config.Lora, dtype, device);
        RegisterComponents();
        foreach (Parameter parameter in parameters())
            parameter.requires_grad = false;
    }

    public TinyGptVConfig Config { get; }

    public PhiConfig Phi { get; }

    public ScalarType DType { get; }

    public Device Device { get; }

    /// <summary>The language model: Embed, Forward over packed rows, Logits.</summary>
    public Phi2 Language => llama_model;

    /// <summary>The norm between visual encoder and Q-Former.</summary>
    public static LayerNorm VisionNorm(int width, Device device) => nn.LayerNorm(width, VisionNormEps, device: device, dtype: float32);

    /// <summary>Turns images into the vectors that represent them in a prompt.</summary>
    /// <param name="pixels">Normalised pixels [B, 3, S, S].</param>
    /// <returns>[B, Q, C]: Q query tokens, C the width of the language model.</returns>
    public Tensor EncodeImages(Tensor pixels)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = ln_vision.forward(visual_encoder.forward(pixels));        // [B, T, 1408]
        Tensor queries = query_tokens.expand(pixels.shape[0], -1, -1);                      // [B, Q, 768]
        Tensor seen = Qformer.forward(queries, tokens);                                     // [B, Q, 768]
        return llama_proj2.forward(llama_proj.forward(seen)).MoveToOuterDisposeScope();     // no activation between the two
    }

    /// <summary>All parameters by checkpoint key, to be loaded from files.</summary>
    public IReadOnlyDictionary<string, Tensor> ParametersByKey() => named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
}
