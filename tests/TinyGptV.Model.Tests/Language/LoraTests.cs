using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Language;

public sealed class LoraTests
{
    private static LoraConfig Lora { get; } = new()
    {
        R = (int)Golden.Json("phi/lora.json")["r"]!,
        Alpha = (double)Golden.Json("phi/lora.json")["lora_alpha"]!,
    };

    private static PhiConfig Config { get; } = ConfigFile.ReadPhi(Golden.PathOf("phi/config.json"));

    [Fact]
    public void Forward_AdaptersApart_GivesTheOriginalsLogits()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiLora);
        using Phi2 phi = Load(golden.Where(t => t.Key.StartsWith("weight.", StringComparison.Ordinal))
            .ToDictionary(t => Canonical(t.Key["weight.".Length..]), t => t.Value));
        AssertLogits(phi, golden, "unmerged.logits");
    }

    [Fact]
    public void MergeAdapters_GivesTheOriginalsMergedWeightsAndLogits()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        IReadOnlyDictionary<string, Tensor> golden = Golden.Tensors(GoldenFiles.PhiLora);
        using Phi2 phi = Load(golden.Where(t => t.Key.StartsWith("weight.", StringComparison.Ordinal))
            .ToDictionary(t => Canonical(t.Key["weight.".Length..]), t => t.Value));
        phi.MergeAdapters();
        phi.MergeAdapters(); // a second time changes nothing
        Dictionary<string, Tensor> merged = phi.named_parameters().ToDictionary(p => p.name, p => (Tensor)p.parameter);
        string[] keys = [.. golden.Keys.Where(k => k.StartsWith("merged.", StringComparison.Ordinal) && k.EndsWith(".weight", StringComparison.Ordinal))];
        Assert.NotEmpty(keys);
        foreach (string key in keys)
            Golden.AssertClose(golden[key], merged[Canonical(key["merged.".Length..])], 1e-5, key);
        AssertLogits(phi, golden, "merged.logits");
    }

    private static void AssertLogits(Phi2 phi, IReadOnlyDictionary<string, Tensor> golden, string name)
    {
        Tensor mask = golden["attention_mask"];
        for (int row = 0; row < mask.shape[0]; row++)
        {
            int count = (int)mask[row].sum().item<long>();
            Tensor hidden = phi.Forward(golden["inputs_embeds"][row].narrow(0, 0, count), [new RowSpan(null, 0, count)]);
            Golden.AssertLogits(Golden.LogitRows(golden[name][row], 0, count), phi.Logits(hidden), 1e-5, $"{name}, row {row}");
        }
    }

    private static string Canonical(string key) => key.Replace("base_model.model.", "", StringComparison.Ordinal);

    private static Phi2 Load(IReadOnlyDictionary<string, Tensor> adapters)
    {
        set_num_threads(1);
        IReadOnlyDictionary<string, Tensor> weights = Golden.Tensors(GoldenFiles.PhiWeights);
        var phi = new Phi2(Config, Lora, float32, CPU);
        using var mode = no_grad();
        foreach ((string name, Parameter parameter) in phi.named_parameters())
            parameter.copy_(adapters.TryGetValue(name, out Tensor? adapter) ? adapter : weights[name]);
        return phi;
    }
}
