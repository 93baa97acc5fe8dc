using System.Text.Json.Nodes;
using TinyGptV.Model.Vision;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Vision;

public sealed class EvaVisionTransformerTests
{
    public static TheoryData<int> Sizes() => [.. Settings()["run_sizes"]!.AsArray().Select(s => (int)s!)];

    [Theory, MemberData(nameof(Sizes))]
    public void Forward_GoldenWeights_GivesTheOriginalsTokens(int size)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors("eva_vit/eva_vit_g.safetensors");
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors($"eva_vit/golden_{size}.safetensors");
        using var encoder = new EvaVisionTransformer(ConfigFor(size), float32, CPU);
        foreach ((string name, Tensor parameter) in encoder.named_parameters())
            parameter.copy_(name == "pos_embed" ? golden[name] : weights[name]); // resampling is the checkpoint reader's business

        Golden.AssertClose(golden["final"], encoder.forward(golden["input"]), 1e-5, $"tokens at {size} pixels");
    }

    private static TinyGptVConfig ConfigFor(int size)
    {
        JsonNode settings = Settings();
        return new TinyGptVConfig
        {
            ImageSize = size,
            PatchSize = (int)settings["patch_size"]!,
            Eva = new EvaConfig
            {
                EmbedDim = (int)settings["embed_dim"]!,
                Depth = (int)settings["depth"]!,
                NumHeads = (int)settings["num_heads"]!,
                MlpRatio = (double)settings["mlp_ratio"]!,
            },
        };
    }

    private static JsonNode Settings() => Golden.Json("eva_vit/config.json");
}
