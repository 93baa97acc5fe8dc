using System.Text.Json.Nodes;
using TinyGptV.Model.Configuration;
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
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.EvaWeights);
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.EvaRun(size));
        using var encoder = new EvaVisionTransformer(ConfigFor(size), float32, CPU);
        foreach ((string name, Tensor parameter) in encoder.named_parameters())
            parameter.copy_(name == "pos_embed" ? golden[name] : weights[name]); // resampling is the checkpoint reader's job

        Golden.AssertClose(golden["final"], encoder.forward(golden["input"]), 1e-5, $"tokens at {size} pixels");
        AssertParts(encoder, golden);
    }

    [Fact]
    public void Norm_behind_the_encoder_is_the_originals()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.EvaNorm);
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.EvaRun((int)Settings()["img_size_of_checkpoint"]!));
        using var norm = TinyGptVModel.VisionNorm((int)Settings()["embed_dim"]!, CPU);
        foreach ((string name, Tensor parameter) in norm.named_parameters())
            parameter.copy_(weights.First(w => w.Key.EndsWith(name, StringComparison.Ordinal)).Value);
        Golden.AssertClose(golden["ln_vision"], norm.forward(golden["final"]), 1e-5, "normed tokens");
    }

    // Each part gets the original's input, so that an error shows up where it occurs.
    private static void AssertParts(EvaVisionTransformer encoder, IReadOnlyDictionary<string, Tensor> golden)
    {
        Dictionary<string, nn.Module> parts = encoder.named_modules().ToDictionary(m => m.name, m => m.module);
        Tensor Run(string part, Tensor input) => ((nn.Module<Tensor, Tensor>)parts[part]).forward(input);
        void Assert(string expected, Tensor actual) => Golden.AssertClose(golden[expected], actual, 1e-5, expected);

        Assert("patch_embed", Run("patch_embed", golden["input"]));
        Assert("block0.norm1", Run("blocks.0.norm1", golden["embed_with_pos"]));
        Assert("block0.attn", Run("blocks.0.attn", golden["block0.norm1"]));
        Assert("block0.mlp.fc1", Run("blocks.0.mlp.fc1", golden["block0.norm2"]));
        Assert("block0.mlp.act", nn.functional.gelu(golden["block0.mlp.fc1"]));
        Assert("block0.mlp", Run("blocks.0.mlp", golden["block0.norm2"]));
        Tensor input = golden["embed_with_pos"];
        for (int block = 0; golden.TryGetValue($"block_{block}", out Tensor? output); block++, input = output)
            Assert($"block_{block}", Run($"blocks.{block}", input));
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
