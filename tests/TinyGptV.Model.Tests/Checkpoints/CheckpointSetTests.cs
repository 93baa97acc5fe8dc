using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed partial class CheckpointSetTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void LoadInto_GoldenFiles_FillsTheWholeModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
        Dictionary<string, torch.Tensor> model = Model(set);

        CheckpointReport report = Load(set, model);

        report.ThrowIfIncomplete();
        Assert.Empty(report.Unexpected);
        Assert.All(model, parameter => Assert.True(parameter.Value.isfinite().all().item<bool>(), parameter.Key));
        AssertIgnored(set, CheckpointRole.Blip2, "t5_proj.", report);
        for (int block = Blocks; block < CheckpointKeys.VisualBlocks(set.Tensors.Keys); block++)
            AssertIgnored(set, CheckpointRole.Eva, $"{CheckpointKeys.VisualEncoder}blocks.{block}.", report);
        Assert.Equal(4, report.Loaded.Count);
        IEnumerable<string> inStage = set.File(CheckpointRole.Stage).Tensors.Keys;
        Assert.Equal(inStage.Count(name => !NotBuilt().IsMatch(name)), report.Loaded[set.Paths.StageFile]);
        AssertEqual(Stored(set.Paths.StageFile, "llama_proj.weight"), model["llama_proj.weight"]);
        AssertEqual(Stored(set.Stage.HasQFormer ? set.Paths.StageFile : set.Paths.Blip2File, "query_tokens"), model["query_tokens"]);
        AssertNormBiases(set, model);
    }

    [Theory]
    [InlineData(double.NaN, torch.ScalarType.Float32, "contains NaN or infinity")]
    [InlineData(double.NegativeInfinity, torch.ScalarType.BFloat16, "contains NaN or infinity")]
    [InlineData(1e6, torch.ScalarType.Float16, "has values too large for Float16")]
    public void LoadInto_ValueThatIsNotFinite_NamesTheTensor(double value, torch.ScalarType type, string expected)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using TorchSharp.Scalar written = value; // a variable, so it stays alive while native code reads it
        Dictionary<string, torch.Tensor> stage = StageTensors(_ => true);
        stage["llama_proj.bias"].narrow(0, 1, 1).fill_(written);
        string path = _folder.Write("TinyGPT-V_for_Stage4.safetensors", SafetensorsBytes.Of(stage));
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths with { StageFile = path });
        Dictionary<string, torch.Tensor> model = Model(set);
        model["llama_proj.bias"] = torch.empty(model["llama_proj.bias"].shape, dtype: type);

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => Load(set, model));

        Assert.Contains($"{path}: tensor llama_proj.bias {expected}", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadInto_EitherPhiFolder_GivesTheSameModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Assert.SkipWhen(GoldenModel.PhiFolders.Length < 2, "The set has only one Phi-2 folder.");
        using CheckpointSet half = CheckpointSet.Open(GoldenModel.Paths), single = CheckpointSet.Open(GoldenModel.PathsWith(GoldenModel.PhiFolders[^1]));
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
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
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
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
        Dictionary<string, torch.Tensor> model = Model(set);
        model["llama_proj.bias"] = torch.empty(model["llama_proj.bias"].shape, dtype: torch.bfloat16);

        Load(set, model).ThrowIfIncomplete();

        AssertEqual(Stored(set.Paths.StageFile, "llama_proj.bias").to_type(torch.bfloat16), model["llama_proj.bias"]);
    }

    [Fact]
    public void LoadInto_Parameters_LeavesNoGradientTrace()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
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
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.PathsWith(GoldenModel.PhiFolders[^1]));
        Dictionary<string, torch.Tensor> model = Model(set);
        long[] stored = [.. set.Tensors[CheckpointKeys.PositionTable].Shape];
        long side = (long)Math.Sqrt(stored[1] - 1) + 1; // resampled
        model[CheckpointKeys.PositionTable] = torch.empty(1, side * side + 1, stored[2]);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        Load(set, model);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void ThrowIfIncomplete_EverythingWrongAtOnce_IsInOneMessage()
    {
        GoldenModel.SkipWithoutAdapters();
        int layers = GoldenModel.Phi.NumHiddenLayers;
        Assert.SkipUnless(layers > 1, "The set's language model has only one layer.");
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
        Dictionary<string, torch.Tensor> model = Model(set);
        long found = set.Tensors["llama_proj.bias"].Shape[0];
        for (int i = 0; i < 5; i++)
            model[$"llama_model.model.layers.{layers + i}.post_layernorm.weight"] = torch.empty(1);
        model["llama_proj.bias"] = torch.empty(found + 3);
        model.Remove("llama_model.model.layers.0.self_attn.dense.lora_A.weight");
        model.Remove("llama_model.model.layers.1.self_attn.dense.lora_A.weight");

        CheckpointReport report = Load(set, model);
        string message = Assert.Throws<CheckpointException>(report.ThrowIfIncomplete).Message;

        Assert.Equal(5, report.Missing.Length);
        Assert.Contains($"llama_model.model.layers.{layers}..{layers + 4}.post_layernorm.weight", message, StringComparison.Ordinal);
        Assert.Contains($"llama_proj.bias: expected [{found + 3}], found [{found}]", message, StringComparison.Ordinal);
        Assert.Contains("llama_model.model.layers.0..1.self_attn.dense.lora_A.weight", message, StringComparison.Ordinal);
        Assert.Contains(set.Paths.StageFile, message, StringComparison.Ordinal);
    }

    [Fact]
    public void LoadInto_StageWithoutLora_IsCompleteOnlyForAModelWithoutLora()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths with { StageFile = StageOne() });
        Dictionary<string, torch.Tensor> plain = Model(set),
            withLora = new(plain) { ["llama_model.model.layers.0.self_attn.dense.lora_A.weight"] = torch.empty(2, GoldenModel.Phi.HiddenSize) };

        Assert.Equal(0, set.Stage.LoraRank);
        Load(set, plain).ThrowIfIncomplete();
        Assert.Equal(["llama_model.model.layers.0.self_attn.dense.lora_A.weight"], Load(set, withLora).Missing);
    }

    [Fact]
    public void LoadInto_StageWithoutTheAddedNorms_IsIncomplete()
    {
        Assert.SkipWhen(PhiFolderHoldsAddedNorms(), "The set's Phi-2 folder has the added norms.");
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);
        Dictionary<string, torch.Tensor> model = Model(set);
        string withoutNorms = StageOne(name => !name.Contains("_layernorm", StringComparison.Ordinal));
        using CheckpointSet partial = CheckpointSet.Open(GoldenModel.Paths with { StageFile = withoutNorms });
        foreach (string lora in model.Keys.Where(name => name.Contains("lora", StringComparison.Ordinal)).ToArray())
            model.Remove(lora);

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
        using CheckpointSet golden = CheckpointSet.Open(GoldenModel.Paths);
        const string queryBias = "Qformer.bert.encoder.layer.0.attention.self.query.bias";
        var extra = new Dictionary<string, torch.Tensor>
        {
            ["query_tokens"] = Stored(golden.Paths.Blip2File, "query_tokens") + 1,
            [queryBias] = Stored(golden.Paths.Blip2File, queryBias) + 1,
        };
        IEnumerable<KeyValuePair<string, torch.Tensor>> others = StageTensors(name => !extra.ContainsKey(name));
        string stage = _folder.Write("stage.safetensors", SafetensorsBytes.Of(others.Concat(extra)));
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths with { StageFile = stage });
        Dictionary<string, torch.Tensor> model = Model(set);

        Load(set, model).ThrowIfIncomplete();

        Assert.True(set.Stage.HasQFormer);
        Assert.All(extra, tensor => AssertEqual(tensor.Value, model[tensor.Key]));
    }

    [Fact]
    public void LoadInto_NewAndOldPeftNames_AreTheSameTensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        string[] paths = [.. GoldenFiles.PhiAdapters];
        Assert.SkipUnless(paths.Length == 2, "The set has no adapter files with both naming schemes.");
        using ICheckpointFile older = Golden.Open(paths[0]), newer = Golden.Open(paths[1]);

        Assert.NotEqual(older.Tensors.Keys.Order(), newer.Tensors.Keys.Order());
        Assert.Equal(older.Tensors.Keys.Select(name => CheckpointKeys.Canonical(CheckpointRole.Stage, name)).Order(),
            newer.Tensors.Keys.Select(name => CheckpointKeys.Canonical(CheckpointRole.Stage, name)).Order());
        int rank = (int)Golden.Json("phi/lora.json")["r"]!;
        Assert.Equal((rank, rank), (StageFacts.Of(older).LoraRank, StageFacts.Of(newer).LoraRank));
    }

    [Fact]
    public void Stage_GoldenFile_TellsWhatToBuild()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);

        JsonNode keys = Golden.Json(GoldenFiles.StageKeys), stored = keys["config"]!["model"]!;
        bool hasQFormer = keys["model"]!.AsObject().ContainsKey("query_tokens");
        var expected = new StageFacts(
            GoldenModel.LoraRank, (double)GoldenModel.Config["lora"]!["alpha"]!, GoldenModel.ImageSize, (string)stored["arch"]!, hasQFormer);
        Assert.Equal(expected, set.Stage);
    }

    private static CheckpointReport Load(CheckpointSet set, Dictionary<string, torch.Tensor> model) =>
        set.LoadInto(model, TestContext.Current.CancellationToken);

    /// <summary>Fails unless every tensor of a file with this prefix was ignored.</summary>
    private static void AssertIgnored(CheckpointSet set, CheckpointRole role, string prefix, CheckpointReport report)
    {
        IEnumerable<string> held = set.File(role).Tensors.Keys.Select(name => CheckpointKeys.Canonical(role, name));
        IEnumerable<string> ignored = report.Ignored.Select(tensor => tensor.Name);
        Assert.Equal(
            held.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(),
            ignored.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order());
    }

    /// <summary>Checks that the added norms' biases have the values in the set's files, or are zero if they are in none.</summary>
    private static void AssertNormBiases(CheckpointSet set, Dictionary<string, torch.Tensor> model)
    {
        string[] biases = [.. model.Keys.Where(CheckpointKeys.MayComeFromNoFile)];
        Assert.Equal(2 * GoldenModel.Phi.NumHiddenLayers, biases.Length);
        ICheckpointFile phi = set.File(CheckpointRole.Phi), stage = set.File(CheckpointRole.Stage);
        foreach (string name in biases)
        {
            string? inStage = stage.Tensors.Keys.SingleOrDefault(key => CheckpointKeys.Canonical(CheckpointRole.Stage, key) == name);
            string inPhi = name[CheckpointKeys.LanguageModel.Length..];
            AssertEqual(
                inStage is not null ? stage.Read(inStage) : phi.Tensors.ContainsKey(inPhi) ? phi.Read(inPhi) : torch.zeros_like(model[name]), model[name]);
        }
    }

    private static bool PhiFolderHoldsAddedNorms()
    {
        using Phi2Folder phi = Phi2Folder.Open(GoldenModel.Paths.PhiFolder);
        return phi.Tensors.Keys.Any(name => PhiGeneration.IsAddedNorm(name) && name.EndsWith(".weight", StringComparison.Ordinal));
    }

    // Position ids, and the text half of a Q-Former.
    [GeneratedRegex(@"\.position_ids$|^Qformer\.(cls\.|.+\.(word|position)_embeddings\.|.+\.layer\.\d+\.(intermediate|output)\.)")]
    private static partial Regex NotBuilt();

    private static int Blocks => (int)GoldenModel.Config["eva"]!["depth"]!;

    /// <summary>The model's tensors: all in its files except those it never builds, filled with NaN, which no file contains.</summary>
    private static Dictionary<string, torch.Tensor> Model(CheckpointSet set)
    {
        using TorchSharp.Scalar unset = double.NaN; // a variable, so it stays alive while native code reads it
        var model = set.Tensors.Values.Where(header => CheckpointKeys.ReasonToIgnore(header.Name, Blocks) is null)
            .ToDictionary(header => header.Name, header => torch.full([.. header.Shape], unset, dtype: torch.float32));
        string[] addedNorms = [.. model.Keys.Where(name => name.EndsWith(".weight", StringComparison.Ordinal) &&
            CheckpointKeys.MayComeFromNoFile(name[..^"weight".Length] + "bias"))];
        foreach (string weight in addedNorms)
            model[weight[..^"weight".Length] + "bias"] = torch.full_like(model[weight], unset);
        return model;
    }

    /// <summary>The golden stage file as a stage-1 file: without LoRA and without its prefix.</summary>
    private string StageOne(Func<string, bool>? keep = null) => _folder.Write("TinyGPT-V_for_Stage1.safetensors", SafetensorsBytes.Of(
        StageTensors(name => !name.Contains("lora_", StringComparison.Ordinal) && (keep is null || keep(name)))
            .Select(tensor => KeyValuePair.Create(tensor.Key.Replace("llama_model.base_model.model.", "llama_model.", StringComparison.Ordinal),
                tensor.Value))));

    private static Dictionary<string, torch.Tensor> StageTensors(Func<string, bool> keep)
    {
        using ICheckpointFile stage = Golden.Open(GoldenFiles.Stage);
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
