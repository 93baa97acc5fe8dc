using System.Text.Json.Nodes;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Vision;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Vision;

public sealed class QFormerTests
{
    public static TheoryData<string> Runs() => [.. GoldenFiles.QFormerRuns(masked: false)];

    [Theory, MemberData(nameof(Runs))]
    public void Forward_GoldenWeights_GivesTheOriginalsQueries(string file)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.QFormerWeights);
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(file);
        using var former = new QFormer(Config(), float32, CPU);
        foreach ((string name, Tensor parameter) in former.named_parameters())
            parameter.copy_(weights["Qformer." + name]);

        Tensor imageTokens = golden["encoder_hidden_states"];
        Tensor queries = weights["query_tokens"].expand(imageTokens.shape[0], -1, -1);
        Golden.AssertClose(golden["last_hidden_state"], former.forward(queries, imageTokens), 1e-5, "queries");
        AssertParts(former, golden);
    }

    [Fact]
    public void Forward_ImageTokensLeftOut_GivesWhatTheOriginalGivesForMaskedOnes()
    {
        string? masked = GoldenFiles.QFormerRuns(masked: true).FirstOrDefault();
        Assert.SkipWhen(masked is null, "The set has no run of the Q-Former with masked image tokens.");
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.QFormerWeights);
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(masked);
        using var former = new QFormer(Config(), float32, CPU);
        foreach ((string name, Tensor parameter) in former.named_parameters())
            parameter.copy_(weights["Qformer." + name]);
        Tensor masks = golden["encoder_attention_mask"];
        for (int image = 0; image < masks.shape[0]; image++)
        {
            Tensor seen = golden["encoder_hidden_states"][image].index_select(0, masks[image].nonzero().flatten()).unsqueeze(0);
            Golden.AssertClose(golden["last_hidden_state"][image], former.forward(weights["query_tokens"], seen).squeeze(0), 1e-5, $"image {image}");
        }
    }

    // Each part gets the original's input, so that an error shows up where it occurs.
    private static void AssertParts(QFormer former, IReadOnlyDictionary<string, Tensor> golden)
    {
        Dictionary<string, nn.Module> parts = former.named_modules().ToDictionary(m => m.name, m => m.module);
        Tensor x = golden["embeddings"], imageTokens = golden["encoder_hidden_states"];
        for (int layer = 0; golden.TryGetValue($"layer_{layer}", out Tensor? output); layer++, x = output)
        {
            string name = $"bert.encoder.layer.{layer}";
            Tensor attended = golden[$"layer_{layer}.self_attention"];
            Golden.AssertClose(attended, ((QFormerAttention)parts[name + ".attention"]).forward(x, x), 1e-5, name + ".attention");
            if (golden.TryGetValue($"layer_{layer}.cross_attention", out Tensor? crossed))
            {
                Golden.AssertClose(crossed, ((QFormerAttention)parts[name + ".crossattention"]).forward(attended, imageTokens), 1e-5, name + ".crossattention");
                attended = crossed;
            }

            var intermediate = (QFormerIntermediate)parts[name + ".intermediate_query"];
            Golden.AssertClose(golden[$"layer_{layer}.intermediate_query"], intermediate.forward(attended), 1e-5, name + ".intermediate_query");
            Golden.AssertClose(output, ((QFormerLayer)parts[name]).forward(x, imageTokens), 1e-5, name);
        }
    }

    private static QFormerConfig Config()
    {
        JsonNode settings = Golden.Json("qformer/config.json"), bert = settings["bert"]!;
        return new QFormerConfig
        {
            HiddenSize = (int)bert["hidden_size"]!,
            NumHiddenLayers = (int)bert["num_hidden_layers"]!,
            NumAttentionHeads = (int)bert["num_attention_heads"]!,
            IntermediateSize = (int)bert["intermediate_size"]!,
            LayerNormEps = (double)bert["layer_norm_eps"]!,
            EncoderWidth = (int)settings["encoder_width"]!,
            CrossAttentionFreq = (int)settings["cross_attention_freq"]!,
            QueryLength = (int)settings["query_length"]!,
        };
    }
}
