using TinyGptV.Model.Configuration;

using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

/// <summary>A network with a few thousand random parameters: the real architecture at toy size.</summary>
internal static class TinyModel
{
    /// <summary>Everything except the language model.</summary>
    public static TinyGptVConfig Vision { get; } = new()
    {
        ImageSize = 28,
        Eva = new EvaConfig { EmbedDim = 16, Depth = 1, NumHeads = 2 },
        Qformer = new QFormerConfig { HiddenSize = 12, NumHiddenLayers = 2, NumAttentionHeads = 2, IntermediateSize = 24, EncoderWidth = 16 },
        LlamaProjMid = 20,
        Lora = new LoraConfig { R = 4, Alpha = 16 },
    };

    public static TinyGptVModel Create(
        int seed, int layers = 2, int heads = 4, int headSize = 12, int vocabulary = 97, int queries = 3, ScalarType dtype = ScalarType.Float32)
    {
        set_num_threads(1);
        TinyGptVConfig config = Vision with { Qformer = Vision.Qformer with { QueryLength = queries } };
        var phi = new PhiConfig
        {
            VocabSize = vocabulary,
            HiddenSize = heads * headSize,
            IntermediateSize = 4 * heads * headSize,
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            MaxPositionEmbeddings = 16, // shorter than the sequences: the rotary tables have to grow
            EosTokenId = 2,
        };
        var model = new TinyGptVModel(config, phi, dtype, CPU);
        using var scope = NewDisposeScope(); // opened here: the model's own tensors must outlive it
        using var generator = new Generator((ulong)seed);
        foreach ((string name, Tensor parameter) in model.ParametersByKey())
        {
            Tensor random = randn(parameter.shape, generator: generator);
            bool isNorm = name.EndsWith("norm.weight", StringComparison.Ordinal) || name.Contains("norm1.weight", StringComparison.Ordinal);
            parameter.copy_(isNorm ? 1 + 0.1 * random : parameter.dim() > 1 ? random / Math.Sqrt(parameter.shape[^1]) * 1.5 : 0.1 * random);
        }

        return model;
    }

    public static float[] Pixels(int seed) => [.. randn([3 * 28 * 28], generator: new Generator((ulong)seed)).data<float>()];
}
