using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Checkpoints.Tools;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Engine;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointConversionTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    /// <summary>For stage files that are not next to the golden configuration.</summary>
    private static ModelSettings GoldenSizes { get; } = new() { ConfigFile = Golden.PathOf("e2e/config.json") };

    private string Output => _folder["converted"];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(GoldenModel.EachPhiFolder), MemberType = typeof(GoldenModel))]
    public async Task Convert_GoldenModel_HasTheSameValuesAndGivesTheOriginalsAnswers(string phi)
    {
        CheckpointPaths paths = GoldenModel.PathsWith(phi);

        ConvertedCheckpoint converted = Convert(paths);

        Assert.Equal(1, converted.Shards);
        LoadedModel model = Load(CheckpointPaths.Find(Output));
        using (LoadedModel original = Load(paths))
            AssertEqual(original, model);
        Assert.Equal(converted.Tensors, model.Network.ParametersByKey().Count);
        await using var engine = new GenerationEngine(model, new EngineOptions { Threads = 1 });
        await EndToEndTests.AssertAnswersAsync(engine);
    }

    [Fact]
    public async Task Convert_LoraMerged_GivesTheOriginalsAnswersWithoutAdapters()
    {
        GoldenModel.SkipWithoutAdapters();
        CheckpointPaths? exact = PathsOf(torch.ScalarType.Float32);
        Assert.SkipWhen(exact is null, "The set has no Phi-2 folder in float32; merging into half precision rounds.");
        Convert(exact, new ConversionOptions { MergeLora = true });

        LoadedModel model = Load(CheckpointPaths.Find(Output));
        Assert.DoesNotContain(model.Network.ParametersByKey().Keys, name => name.Contains("lora_", StringComparison.Ordinal));
        await using var engine = new GenerationEngine(model, new EngineOptions { Threads = 1 });
        await EndToEndTests.AssertAnswersAsync(engine);
    }

    [Fact]
    public void Convert_LoraMergedIntoHalfPrecision_RoundsTheSumOnce()
    {
        GoldenModel.SkipWithoutAdapters();
        CheckpointPaths? half = PathsOf(torch.ScalarType.Float16);
        Assert.SkipWhen(half is null, "The set has no Phi-2 folder in half precision.");
        Convert(half, new ConversionOptions { MergeLora = true });

        using DisposeScope scope = torch.NewDisposeScope();
        using LoadedModel model = Load(CheckpointPaths.Find(Output)), original = Load(half);
        original.Network.Language.MergeAdapters();
        IReadOnlyDictionary<string, torch.Tensor> expected = original.Network.ParametersByKey();
        foreach ((string name, torch.Tensor found) in model.Network.ParametersByKey())
        {
            bool isAdapted = name.EndsWith(".query_key_value.weight", StringComparison.Ordinal) ||
                name.EndsWith(".self_attn.dense.weight", StringComparison.Ordinal);
            torch.Tensor rounded = isAdapted ? expected[name].to(torch.float16).to(torch.float32) : expected[name];
            Assert.True(rounded.bytes.SequenceEqual(found.bytes), name);
        }
    }

    [Fact]
    public void Convert_EveryTensor_KeepsItsElementType()
    {
        Convert(GoldenModel.Paths);

        using CheckpointSet original = CheckpointSet.Open(GoldenModel.Paths), converted = CheckpointSet.Open(CheckpointPaths.Find(Output));
        foreach ((string name, TensorHeader header) in converted.Tensors)
            Assert.Equal(
                name == CheckpointKeys.PositionTable || !original.Tensors.TryGetValue(name, out TensorHeader? stored) ? torch.ScalarType.Float32 : stored.Type,
                header.Type);
        Assert.Equal(HasHalves(original), HasHalves(converted));
    }

    [Fact]
    public void Convert_SmallShards_GivesTheSameModel()
    {
        long largest = BytesOf(GoldenModel.Paths) / 16;
        ConvertedCheckpoint converted = Convert(GoldenModel.Paths, new ConversionOptions { LargestShard = largest });

        string[] shards = Directory.GetFiles(Output, "model-*-of-*.safetensors");
        Assert.Equal(converted.Shards, shards.Length);
        Assert.InRange(shards.Length, 3, converted.Tensors);
        Assert.All(shards, shard =>
        {
            using ICheckpointFile file = CheckpointFile.Open(shard);
            Assert.True(file.Tensors.Count == 1 || new FileInfo(shard).Length < largest + 50_000, shard); // with its header
        });
        JsonNode index = JsonNode.Parse(File.ReadAllText(_folder["converted/model.safetensors.index.json"]))!;
        Assert.Equal(converted.Tensors, index["weight_map"]!.AsObject().Count);
        Assert.Equal(converted.Bytes, (long)index["metadata"]!["total_size"]!);
        using LoadedModel model = Load(CheckpointPaths.Find(Output)), original = Load(GoldenModel.Paths);
        AssertEqual(original, model);
    }

    [Theory]
    [InlineData("transformer.h")]
    [InlineData("layers")]
    [InlineData("split")]
    public void Convert_OtherGenerationsOfPhi_GiveTheSameModel(string generation)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Dictionary<string, torch.Tensor> tensors = LanguageModel().Where(tensor => !PhiGeneration.IsAddedNorm(tensor.Key)).ToDictionary();
        CheckpointPaths paths = GoldenModel.Paths with { PhiFolder = PhiOf(generation, tensors) };

        Convert(paths);

        using LoadedModel model = Load(CheckpointPaths.Find(Output)), original = Load(GoldenModel.PathsWith(GoldenModel.PhiFolders[^1]));
        ClearWhatNoFileHolds(original, paths); // without the added norms, as in published folders; the set's own may contain their biases
        AssertEqual(original, model);
    }

    [Theory]
    [InlineData("transformer.h")]
    [InlineData("layers")]
    [InlineData("split")]
    public void Convert_OtherGenerationsOfPhiWithTheAddedNorms_KeepTheirBiases(string generation)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        Dictionary<string, torch.Tensor> tensors = LanguageModel(), biases = NormBiases();
        foreach ((string name, torch.Tensor bias) in biases)
            tensors[name] = bias;
        CheckpointPaths paths = GoldenModel.Paths with { PhiFolder = PhiOf(generation, tensors), StageFile = StageOf("without norm biases") };

        Convert(paths, settings: GoldenSizes);

        using LoadedModel model = Load(CheckpointPaths.Find(Output));
        IReadOnlyDictionary<string, torch.Tensor> ours = model.Network.ParametersByKey();
        Assert.Equal(ours.Keys.Where(CheckpointKeys.MayComeFromNoFile).Order(), biases.Keys.Select(name => CheckpointKeys.LanguageModel + name).Order());
        Assert.All(biases, bias => Assert.True(bias.Value.bytes.SequenceEqual(ours[CheckpointKeys.LanguageModel + bias.Key].bytes), bias.Key));
    }

    [Theory]
    [InlineData("stage 1")]
    [InlineData("newer peft")]
    [InlineData("own Q-Former")]
    public void Convert_OtherStageFiles_GiveTheModelThatLoadingGives(string kind)
    {
        GoldenModel.SkipWithoutAdapters();
        CheckpointPaths paths = GoldenModel.Paths with { StageFile = StageOf(kind) };

        Convert(paths, settings: GoldenSizes);

        using LoadedModel model = Load(CheckpointPaths.Find(Output)), original = Load(paths, GoldenSizes);
        AssertEqual(original, model);
        Assert.Equal(kind == "stage 1" ? 0 : GoldenModel.LoraRank, model.Network.Config.Lora.R);
    }

    [Fact]
    public void Convert_ConvertedFolder_GivesTheSameBytes()
    {
        Convert(GoldenModel.Paths);
        using CheckpointSet first = CheckpointSet.Open(CheckpointPaths.Find(Output));

        CheckpointConversion.Convert(first, new ModelSettings(), _folder["again"], new ConversionOptions(), TestContext.Current.CancellationToken);

        string[] files = [.. FilesIn(Output).Order()];
        Assert.Contains(Path.Combine(ConvertedFolder.PhiName, "vocab.json"), files);
        Assert.Equal(files, FilesIn(_folder["again"]).Order());
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Output, file)), File.ReadAllBytes(Path.Combine(_folder["again"], file))));
    }

    [Fact]
    public async Task Converted_folder_is_verified_and_digested_with_all_its_files()
    {
        Convert(GoldenModel.Paths, new ConversionOptions { LargestShard = BytesOf(GoldenModel.Paths) / 2 });

        VerifiedCheckpoint verified = await CheckpointVerification.VerifyAsync(Output, new ModelSettings(), null, TestContext.Current.CancellationToken);
        using CheckpointSet set = CheckpointSet.Open(CheckpointPaths.Find(Output));
        var digests = await set.ComputeDigestsAsync(TestContext.Current.CancellationToken);

        Assert.Empty(verified.Problems);
        Assert.Equal(set.Tensors.Count, verified.Tensors);
        Assert.Equal(digests.Keys, verified.Files.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.Equal(FilesIn(Output).Order(StringComparer.Ordinal), digests.Keys);
    }

    [Fact]
    public void Converted_folder_holds_all_sizes()
    {
        Convert(GoldenModel.Paths, new ConversionOptions { MergeLora = true });

        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder["converted/config.json"]))!, golden = GoldenModel.Config;
        foreach (string field in new[] { "image_size", "patch_size", "llama_proj_mid" })
            Assert.Equal((int)golden[field]!, (int)config[field]!);
        Assert.Equal((int)golden["eva"]!["num_heads"]!, (int)config["eva"]!["num_heads"]!);
        Assert.Equal((int)golden["qformer"]!["query_length"]!, (int)config["qformer"]!["query_length"]!);
        Assert.Equal(GoldenModel.Phi.HiddenSize, (int)config["phi"]!["hidden_size"]!);
        Assert.Equal(0, (int)config["lora"]!["r"]!);
    }

    [Fact]
    public void Load_ConvertedFolderWithAnotherImageSize_IsRefused()
    {
        var (other, own) = (new ModelSettings { ImageSize = GoldenModel.OtherImageSize }, new ModelSettings { ImageSize = GoldenModel.ImageSize });
        Convert(GoldenModel.Paths, settings: other);

        using (LoadedModel model = Load(CheckpointPaths.Find(Output)))
            Assert.Equal(other.ImageSize, model.Network.Config.ImageSize);
        Assert.Contains($"--image-size {own.ImageSize}",
            Assert.Throws<CheckpointException>(() => Load(CheckpointPaths.Find(Output), own)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderOfSomethingElse_IsRefused()
    {
        Convert(GoldenModel.Paths);
        _folder.Copy(GoldenFiles.QFormerRuns(masked: false).First(), "converted/model.safetensors");

        Assert.Contains("tinygptv_layout",
            Assert.Throws<CheckpointException>(() => CheckpointSet.Open(CheckpointPaths.Find(Output))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Convert_OutputThatIsOccupied_IsRefusedAndLeftAlone()
    {
        _folder.Write("converted/letter.txt", [1]);

        Assert.Contains("not an empty folder", Assert.Throws<CheckpointException>(() => Convert(GoldenModel.Paths)).Message, StringComparison.Ordinal);
        Assert.Equal([_folder["converted/letter.txt"]], Directory.GetFileSystemEntries(Output));
    }

    [Fact]
    public void Convert_OutputThatIsEmpty_IsFilled()
    {
        Directory.CreateDirectory(Output);

        Convert(GoldenModel.Paths);

        Assert.True(File.Exists(_folder["converted/model.safetensors"]));
    }

    [Fact]
    public void Convert_IncompleteOrCancelled_LeavesNothing()
    {
        string stage = StageOf("without projections");
        CheckpointPaths incomplete = GoldenModel.Paths with { StageFile = stage };
        Assert.Contains("llama_proj2.bias",
            Assert.Throws<CheckpointException>(() => Convert(incomplete, settings: GoldenSizes)).Message, StringComparison.Ordinal);
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.Paths);
        Assert.Throws<OperationCanceledException>(
            () => CheckpointConversion.Convert(files, new ModelSettings(), Output, new ConversionOptions(), new CancellationToken(canceled: true)));

        Assert.Equal([stage], Directory.GetFileSystemEntries(_folder.Root));
    }

    [Fact]
    public void Convert_LeavesNoTensorBehind()
    {
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.Paths);
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

        CheckpointConversion.Convert(files, new ModelSettings(), Output, new ConversionOptions { MergeLora = true }, TestContext.Current.CancellationToken);

        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);
    }

    private ConvertedCheckpoint Convert(CheckpointPaths paths, ConversionOptions? options = null, ModelSettings? settings = null)
    {
        torch.set_num_threads(1);
        using CheckpointSet files = CheckpointSet.Open(paths);
        return CheckpointConversion.Convert(
            files, settings ?? new ModelSettings(), Output, options ?? new ConversionOptions(), TestContext.Current.CancellationToken);
    }

    private static LoadedModel Load(CheckpointPaths paths, ModelSettings? settings = null)
    {
        using CheckpointSet files = CheckpointSet.Open(paths);
        return LoadedModel.Load(files, settings ?? new ModelSettings(), TestContext.Current.CancellationToken);
    }

    private static void AssertEqual(LoadedModel expected, LoadedModel found)
    {
        IReadOnlyDictionary<string, torch.Tensor> golden = expected.Network.ParametersByKey(), ours = found.Network.ParametersByKey();
        Assert.Equal(golden.Keys, ours.Keys);
        foreach ((string name, torch.Tensor value) in golden)
            Assert.True(value.bytes.SequenceEqual(ours[name].bytes), name);
        Assert.Equal(expected.Settings, found.Settings);
    }

    private static IEnumerable<string> FilesIn(string folder) =>
        Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path));

    /// <summary>The set's model with the first Phi-2 folder of an element type; null if none.</summary>
    private static CheckpointPaths? PathsOf(torch.ScalarType type) => GoldenModel.PhiFolders.Select(GoldenModel.PathsWith).FirstOrDefault(paths =>
    {
        using Phi2Folder phi = Phi2Folder.Open(paths.PhiFolder);
        return phi.Tensors.Values.All(header => header.Type == type);
    });

    private static bool HasHalves(CheckpointSet files) => files.Tensors.Values.Any(header => header.Type == torch.ScalarType.Float16);

    private static long BytesOf(CheckpointPaths paths)
    {
        using CheckpointSet files = CheckpointSet.Open(paths);
        return files.Tensors.Values.Sum(header => TensorTypes.ElementCount(header.Shape.AsSpan())!.Value * header.Type.SizeInBytes());
    }

    private static void ClearWhatNoFileHolds(LoadedModel model, CheckpointPaths paths)
    {
        using IDisposable noGradients = torch.no_grad();
        using CheckpointSet files = CheckpointSet.Open(paths);
        foreach ((string name, torch.Tensor value) in model.Network.ParametersByKey())
            if (CheckpointKeys.MayComeFromNoFile(name) && !files.Tensors.ContainsKey(name))
                value.zero_();
    }

    /// <summary>The language model with the names and order of transformers 4.36, including the added norms if the set's folder has them.</summary>
    private static Dictionary<string, torch.Tensor> LanguageModel()
    {
        using Phi2Folder golden = Phi2Folder.Open(GoldenModel.PathsWith(GoldenModel.PhiFolders[^1]).PhiFolder);
        return golden.Tensors.Keys.ToDictionary(name => name, golden.Read);
    }

    /// <summary>A bias for every added query and key norm, all different.</summary>
    private static Dictionary<string, torch.Tensor> NormBiases()
    {
        var names = from layer in Enumerable.Range(0, GoldenModel.Phi.NumHiddenLayers)
                    from norm in new[] { "q_layernorm", "k_layernorm" }
                    select $"model.layers.{layer}.self_attn.{norm}.bias";
        return names.Select((name, index) => (name, Value: torch.arange(GoldenModel.Phi.HeadSize, dtype: torch.float32) + 100 * (index + 1)))
            .ToDictionary(bias => bias.name, bias => bias.Value);
    }

    private string PhiOf(string generation, Dictionary<string, torch.Tensor> tensors)
    {
        PhiConfig phi = GoldenModel.Phi;
        var rewritten = tensors.SelectMany(tensor => PhiGeneration.Rewrite(generation, tensor.Key, tensor.Value, phi.NumAttentionHeads, phi.NumHiddenLayers));
        _folder.Write("phi/model.safetensors", SafetensorsBytes.Of(rewritten));
        foreach (string path in DecidingFiles.Tokenizer(GoldenModel.TokenizerFolder))
            _folder.Write($"phi/{Path.GetFileName(path)}", File.ReadAllBytes(path));
        return _folder["phi"];
    }

    private string StageOf(string kind)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        IEnumerable<KeyValuePair<string, torch.Tensor>> tensors = kind switch
        {
            "without projections" => StageTensors(name => !name.Contains("llama_proj", StringComparison.Ordinal)),
            "without norm biases" => StageTensors(name => !CheckpointKeys.MayComeFromNoFile(CheckpointKeys.Canonical(CheckpointRole.Stage, name))),
            "stage 1" => StageTensors(name => !name.Contains("lora_", StringComparison.Ordinal)).Select(tensor => KeyValuePair.Create(
                tensor.Key.Replace("llama_model.base_model.model.", "llama_model.", StringComparison.Ordinal), tensor.Value)),
            "newer peft" => StageTensors(_ => true).Select(tensor => KeyValuePair.Create(
                tensor.Key.Replace("lora_A.", "lora_A.default.", StringComparison.Ordinal).Replace("lora_B.", "lora_B.default.", StringComparison.Ordinal),
                tensor.Value)),
            _ => OwnQFormer().Concat(StageTensors(_ => true)).DistinctBy(tensor => tensor.Key),
        };
        return _folder.Write("stage.safetensors", SafetensorsBytes.Of(tensors));
    }

    /// <summary>BLIP-2's Q-Former with other values, as in the first published stage 4.</summary>
    private static IEnumerable<KeyValuePair<string, torch.Tensor>> OwnQFormer()
    {
        using ICheckpointFile blip2 = Golden.Open(GoldenFiles.Blip2);
        foreach (string name in blip2.Tensors.Keys.Where(name => name == "query_tokens" || name.Contains("_query.", StringComparison.Ordinal)))
            yield return new(name, blip2.Read(name) + 1);
    }

    private static Dictionary<string, torch.Tensor> StageTensors(Func<string, bool> keep)
    {
        using ICheckpointFile stage = Golden.Open(GoldenFiles.Stage);
        return stage.Tensors.Keys.Where(keep).ToDictionary(name => name, stage.Read);
    }
}
