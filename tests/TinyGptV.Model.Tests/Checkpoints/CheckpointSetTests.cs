using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointSetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadInto_GoldenFiles_FillsTheWholeModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);

        CheckpointReport report = Load(set, model);

        report.ThrowIfIncomplete();
        Assert.Empty(report.Unexpected);
        Assert.All(model, parameter => Assert.True(parameter.Value.isfinite().all().item<bool>(), parameter.Key));
        Assert.Contains(report.Ignored, tensor => tensor.Name.StartsWith("t5_proj", StringComparison.Ordinal));
        Assert.Contains(report.Ignored, tensor => tensor.Name.StartsWith("visual_encoder.blocks.", StringComparison.Ordinal));
        Assert.Equal(4, report.Loaded.Count);
        Assert.Equal(set.File(CheckpointRole.Stage).Tensors.Count - 1, report.Loaded[set.Paths.StageFile]); // all but the position ids
        AssertEqual(Stored(set.Paths.StageFile, "llama_proj.weight"), model["llama_proj.weight"]);
        AssertEqual(Stored(set.Paths.Blip2File, "query_tokens"), model["query_tokens"]);
        torch.Tensor inNoFile = model["llama_model.model.layers.0.self_attn.q_layernorm.bias"];
        AssertEqual(torch.zeros_like(inNoFile), inNoFile);
    }

    [Fact]
    public void LoadInto_EitherPhiFolder_GivesTheSameModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet half = CheckpointSet.Open(GoldenPaths("phi-2")), single = CheckpointSet.Open(GoldenPaths("phi-2-safetensors"));
        Dictionary<string, torch.Tensor> one = Model(half), other = Model(single);

        Load(half, one).ThrowIfIncomplete();
        Load(single, other).ThrowIfIncomplete();

        Assert.Equal(one.Keys.Order(), other.Keys.Order());
        Assert.All(one, parameter => AssertEqual(parameter.Value, other[parameter.Key]));
    }

    [Fact]
    public void LoadInto_LargerImages_ResamplesThePositionTable()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);
        long[] stored = [.. set.Tensors[CheckpointKeys.PositionTable].Shape];
        long side = (long)Math.Sqrt(stored[1] - 1) * 2;
        model[CheckpointKeys.PositionTable] = torch.empty(1, side * side + 1, stored[2]);

        Load(set, model).ThrowIfIncomplete();

        torch.Tensor expected = PositionTable.Resample(Stored(set.Paths.EvaFile, "pos_embed"), side * side + 1);
        AssertEqual(expected, model[CheckpointKeys.PositionTable]);
    }

    [Fact]
    public void LoadInto_OtherElementTypes_AreConverted()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);
        model["llama_proj.bias"] = torch.empty(model["llama_proj.bias"].shape, dtype: torch.bfloat16);

        Load(set, model).ThrowIfIncomplete();

        AssertEqual(Stored(set.Paths.StageFile, "llama_proj.bias").to_type(torch.bfloat16), model["llama_proj.bias"]);
    }

    [Fact]
    public void LoadInto_Parameters_LeavesNoGradientTrace()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);
        model["llama_proj.bias"] = torch.nn.Parameter(torch.zeros(model["llama_proj.bias"].shape));

        Load(set, model).ThrowIfIncomplete();

        Assert.True(model["llama_proj.bias"].requires_grad);
        Assert.True(model["llama_proj.bias"].is_leaf);
    }

    [Fact]
    public void LoadInto_LeavesNoTensorBehind()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2-safetensors") with { StageFile = Golden.PathOf("e2e/TinyGPT-V_for_Stage4.pth") });
        Dictionary<string, torch.Tensor> model = Model(set);
        model[CheckpointKeys.PositionTable] = torch.empty(1, 50, set.Tensors[CheckpointKeys.PositionTable].Shape[2]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Load(set, model);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ThrowIfIncomplete_EverythingWrongAtOnce_IsInOneMessage()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);
        for (int i = 0; i < 5; i++) model[$"llama_model.model.layers.{i + 7}.post_layernorm.weight"] = torch.empty(1);
        model["llama_proj.bias"] = torch.empty(3);
        model.Remove("llama_model.model.layers.0.self_attn.dense.lora_A.weight");
        model.Remove("llama_model.model.layers.1.self_attn.dense.lora_A.weight");

        CheckpointReport report = Load(set, model);
        string message = Assert.Throws<CheckpointException>(report.ThrowIfIncomplete).Message;

        Assert.Equal(5, report.Missing.Length);
        Assert.Contains("llama_model.model.layers.7..11.post_layernorm.weight", message, StringComparison.Ordinal);
        Assert.Contains("llama_proj.bias: expected [3], found [", message, StringComparison.Ordinal);
        Assert.Contains("llama_model.model.layers.0..1.self_attn.dense.lora_A.weight", message, StringComparison.Ordinal);
        Assert.Contains(set.Paths.StageFile, message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadInto_StageWithoutLora_IsCompleteOnlyForAModelWithoutLora()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2") with { StageFile = StageOne() });
        Dictionary<string, torch.Tensor> plain = Model(set),
            withLora = new(plain) { ["llama_model.model.layers.0.self_attn.dense.lora_A.weight"] = torch.empty(6, 40) };

        Assert.Equal(0, set.Stage.LoraRank);
        Load(set, plain).ThrowIfIncomplete();
        Assert.Equal(["llama_model.model.layers.0.self_attn.dense.lora_A.weight"], Load(set, withLora).Missing);
    }

    [Fact]
    public void LoadInto_StageWithoutTheAddedNorms_IsIncomplete()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));
        Dictionary<string, torch.Tensor> model = Model(set);
        string withoutNorms = StageOne(name => !name.Contains("_layernorm", StringComparison.Ordinal));
        using CheckpointSet partial = CheckpointSet.Open(GoldenPaths("phi-2") with { StageFile = withoutNorms });
        foreach (string lora in model.Keys.Where(name => name.Contains("lora", StringComparison.Ordinal)).ToArray()) model.Remove(lora);

        CheckpointReport report = Load(partial, model);

        Assert.All(["q_layernorm.weight", "k_layernorm.weight", "post_layernorm.weight"], end =>
            Assert.Contains(report.Missing, name => name.EndsWith(end, StringComparison.Ordinal)));
        Assert.DoesNotContain(report.Missing, name => name.EndsWith(".bias", StringComparison.Ordinal));
        Assert.Throws<CheckpointException>(report.ThrowIfIncomplete);
    }

    [Fact]
    public void LoadInto_StageWithItsOwnQFormer_OverridesBlip2()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet golden = CheckpointSet.Open(GoldenPaths("phi-2"));
        const string queryBias = "Qformer.bert.encoder.layer.0.attention.self.query.bias";
        var extra = new Dictionary<string, torch.Tensor>
        {
            ["query_tokens"] = torch.ones([.. golden.Tensors["query_tokens"].Shape]),
            [queryBias] = torch.ones([.. golden.Tensors[queryBias].Shape]),
        };
        string stage = _folder.Write("stage.safetensors", SafetensorsBytes.Of(StageTensors(_ => true).Concat(extra)));
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2") with { StageFile = stage });
        Dictionary<string, torch.Tensor> model = Model(set);

        Load(set, model).ThrowIfIncomplete();

        Assert.True(set.Stage.HasQFormer);
        Assert.All(extra, tensor => AssertEqual(tensor.Value, model[tensor.Key]));
    }

    [Fact]
    public void LoadInto_NewAndOldPeftNames_AreTheSameTensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using ICheckpointFile older = Golden.Open("phi/lora_only_peft_0.2.0_names.pth"), newer = Golden.Open("phi/lora_only_peft_0.3_names.pth");

        Assert.NotEqual(older.Tensors.Keys.Order(), newer.Tensors.Keys.Order());
        Assert.Equal(older.Tensors.Keys.Select(name => CheckpointKeys.Canonical(CheckpointRole.Stage, name)).Order(),
            newer.Tensors.Keys.Select(name => CheckpointKeys.Canonical(CheckpointRole.Stage, name)).Order());
        Assert.Equal((int)Golden.Json("phi/lora.json")["r"]!, StageFacts.Of(newer).LoraRank);
    }

    [Fact]
    public void Stage_GoldenFile_TellsWhatToBuild()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenPaths("phi-2"));

        JsonNode config = Golden.Json("e2e/config.json"), stored = Golden.Json("e2e/stage4_keys.json")["config"]!["model"]!;
        var expected = new StageFacts((int)config["lora"]!["r"]!, (double)config["lora"]!["alpha"]!, (int)config["image_size"]!, (string)stored["arch"]!, false);
        Assert.Equal(expected, set.Stage);
    }

    private static CheckpointReport Load(CheckpointSet set, Dictionary<string, torch.Tensor> model) =>
        set.LoadInto(model, TestContext.Current.CancellationToken);

    private static CheckpointPaths GoldenPaths(string phi) => CheckpointPaths.Find(Golden.PathOf("e2e")) with { PhiFolder = Golden.PathOf($"e2e/{phi}") };

    /// <summary>Tensors such as the model would have: all that its files hold but for those it never builds, filled with what no file contains.</summary>
    private static Dictionary<string, torch.Tensor> Model(CheckpointSet set)
    {
        using TorchSharp.Scalar unset = double.NaN; // kept alive: the native code reads it during the calls
        int blocks = (int)Golden.Json("e2e/config.json")["eva"]!["depth"]!;
        var model = set.Tensors.Values.Where(header => CheckpointKeys.ReasonToIgnore(header.Name, blocks) is null)
            .ToDictionary(header => header.Name, header => torch.full([.. header.Shape], unset, dtype: torch.float32));
        string[] addedNorms = [.. model.Keys.Where(name => name.EndsWith(".weight", StringComparison.Ordinal) &&
            CheckpointKeys.MayComeFromNoFile(name[..^"weight".Length] + "bias"))];
        foreach (string weight in addedNorms)
            model[weight[..^"weight".Length] + "bias"] = torch.full_like(model[weight], unset);
        return model;
    }

    /// <summary>The golden stage file as a stage 1 would be: without LoRA and without its prefix.</summary>
    private string StageOne(Func<string, bool>? keep = null) => _folder.Write("TinyGPT-V_for_Stage1.safetensors", SafetensorsBytes.Of(
        StageTensors(name => !name.Contains("lora_", StringComparison.Ordinal) && (keep is null || keep(name)))
            .Select(tensor => KeyValuePair.Create(tensor.Key.Replace("llama_model.base_model.model.", "llama_model.", StringComparison.Ordinal),
                tensor.Value))));

    private static Dictionary<string, torch.Tensor> StageTensors(Func<string, bool> keep)
    {
        using ICheckpointFile stage = Golden.Open("e2e/TinyGPT-V_for_Stage4.pth");
        return stage.Tensors.Keys.Where(keep).ToDictionary(name => name, stage.Read);
    }

    private static torch.Tensor Stored(string path, string name)
    {
        using ICheckpointFile file = CheckpointFile.Open(path);
        return file.Read(name);
    }

    private static void AssertEqual(torch.Tensor expected, torch.Tensor found)
    {
        Assert.Equal(expected.shape, found.shape);
        Assert.True(expected.to_type(torch.ScalarType.Float32).bytes.SequenceEqual(found.to_type(torch.ScalarType.Float32).bytes));
    }
}
