using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Language;

public sealed class Phi2Tests
{
    private const double Tolerance = 1e-5;

    private static PhiConfig Config { get; } = ConfigFile.ReadPhi(Golden.PathOf("phi/config.json"));

    [Theory]
    [InlineData("left")]  // left padding with position ids, as in generation
    [InlineData("right")] // right padding, as in training
    public void Forward_RowsOfOneSequence_GivesTheOriginalsLogits(string layout)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        Tensor masks = golden[layout + ".attention_mask"];
        for (int row = 0; row < masks.shape[0]; row++)
        {
            (int start, int count) = UnmaskedPart(masks[row]);
            using var cache = new KvCache(Config, count, float32, CPU);
            Tensor hidden = phi.Forward(golden[layout + ".inputs_embeds"][row].narrow(0, start, count), [new RowSpan(cache, 0, count)]);
            Golden.AssertLogits(Golden.LogitRows(golden[layout + ".logits"][row], start, count), phi.Logits(hidden), Tolerance, $"row {row}");
        }
    }

    [Fact]
    public void Forward_TokenIds_GivesTheOriginalsLogits()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        Tensor ids = golden["ids.input_ids"];
        for (int row = 0; row < ids.shape[0]; row++)
        {
            Tensor hidden = phi.Forward(phi.Embed(ids[row]), [new RowSpan(null, 0, (int)ids.shape[1])]);
            Golden.AssertLogits(golden["ids.logits"][row], phi.Logits(hidden), Tolerance, $"row {row}");
        }
    }

    [Fact]
    public void Parts_of_a_layer_fed_with_the_originals_inputs_give_its_outputs()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        Dictionary<string, nn.Module> parts = phi.named_modules().ToDictionary(m => m.name, m => m.module);
        Tensor masks = golden["right.attention_mask"];
        for (int row = 0; row < masks.shape[0]; row++)
        {
            (int start, int count) = UnmaskedPart(masks[row]);
            Tensor Of(string name) => golden["right." + name][row].narrow(0, start, count);
            void AssertPart(string expected, string part, Tensor input) =>
                Golden.AssertClose(Of(expected), ((nn.Module<Tensor, Tensor>)parts["model." + part]).forward(input), Tolerance, $"{expected} of row {row}");

            AssertPart("layer0.input_layernorm", "layers.0.input_layernorm", Of("inputs_embeds"));
            AssertPart("layer0.self_attn.query_key_value", "layers.0.self_attn.query_key_value", Of("layer0.input_layernorm"));
            Tensor qkv = Of("layer0.self_attn.query_key_value").view(count, Config.NumAttentionHeads, 3, Config.HeadSize);
            AssertPart("layer0.self_attn.q_layernorm", "layers.0.self_attn.q_layernorm", qkv.select(2, 0));
            AssertPart("layer0.self_attn.k_layernorm", "layers.0.self_attn.k_layernorm", qkv.select(2, 1));
            AssertPart("layer0.post_layernorm", "layers.0.post_layernorm", Of("layer0.self_attn.dense"));
            AssertPart("layer0.mlp.fc1", "layers.0.mlp.fc1", Of("layer0.input_layernorm"));
            AssertPart("layer0.mlp", "layers.0.mlp", Of("layer0.input_layernorm"));
            AssertPart("final_layernorm", "final_layernorm", Of($"layer_{Config.NumHiddenLayers - 1}"));
        }
    }

    [Fact]
    public void Layers_and_caches_are_the_originals()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        using var rotary = new RotaryEmbedding(Config, float32, CPU);
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        Dictionary<string, nn.Module> parts = phi.named_modules().ToDictionary(m => m.name, m => m.module);
        (int start, int count) = UnmaskedPart(golden["right.attention_mask"][1]);
        Tensor x = golden["right.inputs_embeds"][1].narrow(0, start, count);
        (Tensor cos, Tensor sin) = rotary.Rows(arange(count, dtype: int64), count);
        using var cache = new KvCache(Config, count, float32, CPU);
        RowSpan[] spans = [new RowSpan(cache, 0, count)];
        for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
        {
            x = ((Phi2DecoderLayer)parts[$"model.layers.{layer}"]).Forward(x, spans, cos, sin);
            Golden.AssertClose(golden[$"right.layer_{layer}"][1].narrow(0, start, count), x, Tolerance, $"layer {layer}");
        }

        cache.Advance(count);
        (Tensor k, Tensor v) = cache.Filled(layer: 0);
        Golden.AssertClose(golden["right.past_key_0"][1].narrow(1, start, count), k.squeeze(0), Tolerance, "keys after the rotary embedding");
        Golden.AssertClose(golden["right.past_value_0"][1].narrow(1, start, count), v.squeeze(0), Tolerance, "values");
        (Tensor allCos, Tensor allSin) = rotary.Rows(arange(golden["rotary.cos_cached"].shape[0], dtype: int64), (int)golden["rotary.cos_cached"].shape[0]);
        Golden.AssertClose(golden["rotary.cos_cached"], allCos.squeeze(1), 1e-6, "cosines");
        Golden.AssertClose(golden["rotary.sin_cached"], allSin.squeeze(1), 1e-6, "sines");
    }

    [Fact]
    public void Forward_AllSequencesPacked_GivesTheSameAsEachAlone()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        Tensor masks = golden["left.attention_mask"];
        var inputs = new List<Tensor>();
        var expected = new List<Tensor>();
        var spans = new List<RowSpan>();
        for (int row = 0, rows = 0; row < masks.shape[0]; row++)
        {
            (int start, int count) = UnmaskedPart(masks[row]);
            inputs.Add(golden["left.inputs_embeds"][row].narrow(0, start, count));
            expected.Add(Golden.LogitRows(golden["left.logits"][row], start, count));
            spans.Add(new RowSpan(new KvCache(Config, count, float32, CPU), rows, count));
            rows += count;
        }

        Tensor logits = phi.Logits(phi.Forward(cat(inputs), spans));
        Assert.Equal(inputs.Sum(input => input.shape[0]), logits.shape[0]);
        foreach ((Tensor wanted, RowSpan span) in expected.Zip(spans))
        {
            Golden.AssertLogits(wanted, logits.narrow(0, span.Start, span.Count), Tolerance, $"packed rows from {span.Start}");
            span.Cache?.Dispose();
        }
    }

    [Fact]
    public void Forward_WithCacheInPieces_GivesTheSameAsAtOnce()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        using Phi2 phi = Load();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiForward);
        (int start, int count) = UnmaskedPart(golden["right.attention_mask"][0]);
        Tensor input = golden["right.inputs_embeds"][0].narrow(0, start, count), expected = Golden.LogitRows(golden["right.logits"][0], start, count);
        for (int cut = 1; cut < count; cut++)
        {
            using var cache = new KvCache(Config, count, float32, CPU);
            Tensor front = phi.Forward(input.narrow(0, 0, cut), [new RowSpan(cache, 0, cut)]);
            using KvCache fork = cache.Fork(count - cut); // continues like the original cache
            Tensor back = phi.Forward(input.narrow(0, cut, count - cut), [new RowSpan(fork, 0, count - cut)]);
            Golden.AssertLogits(expected, phi.Logits(cat([front, back])), Tolerance, $"cut at {cut}");
        }
    }

    [Fact]
    public void Append_BeyondCapacity_Throws()
    {
        using var scope = NewDisposeScope();
        using var cache = new KvCache(Config, 3, float32, CPU);
        Tensor rows = zeros(4, Config.NumAttentionHeads, Config.HeadSize);
        Assert.Contains("room for 3 positions", Assert.Throws<InvalidOperationException>(() => cache.Append(0, rows, rows)).Message, StringComparison.Ordinal);
    }

    private static (int Start, int Count) UnmaskedPart(Tensor mask)
    {
        long[] bits = mask.data<long>().ToArray();
        return (Array.IndexOf(bits, 1), bits.Count(b => b == 1));
    }

    private static Phi2 Load()
    {
        set_num_threads(1);
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.PhiWeights);
        var phi = new Phi2(Config, new LoraConfig { R = 0 }, float32, CPU);
        foreach ((string name, Tensor parameter) in phi.named_parameters())
            parameter.copy_(weights[name]);
        return phi;
    }
}
