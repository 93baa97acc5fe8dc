using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class Phi2FolderTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_GoldenFolders_BothKindsOfShardsHoldTheSameModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Phi2Folder? first = OfKind(CheckpointFileKind.TorchZip), second = OfKind(CheckpointFileKind.Safetensors);
        Assert.SkipWhen(first is null || second is null, "The set has no Phi-2 folders in both formats.");

        string[] common = [.. first.Tensors.Keys.Intersect(second.Tensors.Keys)];
        Assert.All(first.Tensors.Keys.Union(second.Tensors.Keys).Except(common), name => Assert.True(PhiGeneration.IsAddedNorm(name), name));
        foreach (string name in common)
        {
            Assert.Equal(TypeOf(first), first.Tensors[name].Type);
            Assert.Equal(TypeOf(second), second.Tensors[name].Type);
            Assert.True(first.Read(name).to_type(torch.float32).bytes.SequenceEqual(second.Read(name).to_type(torch.float32).bytes), name);
        }
    }

    [Fact]
    public void Open_BothKindsInOneFolder_PrefersSafetensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        foreach (CheckpointFileKind kind in new[] { CheckpointFileKind.TorchZip, CheckpointFileKind.Safetensors })
        {
            using Phi2Folder? folder = OfKind(kind);
            Assert.SkipWhen(folder is null, "The set has no Phi-2 folders in both formats.");
            CopyGolden(folder.Path);
        }

        using Phi2Folder phi = Phi2Folder.Open(_folder.Root);

        Assert.Equal(CheckpointFileKind.Safetensors, phi.Kind);
    }

    [Fact]
    public void Open_OneTorchFile_IsEnough()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        string? weights = GoldenFiles.Twins().FirstOrDefault(twin => twin.Safetensors == GoldenFiles.PhiWeights).Torch;
        Assert.SkipWhen(weights is null, "The set has no PyTorch file of the small language model.");
        _folder.Copy(weights, "pytorch_model.bin");
        _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/config.json", "config.json");

        using Phi2Folder phi = Phi2Folder.Open(_folder.Root);

        Assert.Contains("lm_head.bias", phi.Tensors.Keys);
    }

    [Theory]
    [InlineData("transformer.h")]
    [InlineData("layers")]
    [InlineData("split")]
    public void Read_OtherGenerations_BecomeTheFusedRows(string generation)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Phi2Folder golden = Phi2Folder.Open(GoldenModel.PathsWith(GoldenModel.PhiFolders[^1]).PhiFolder);
        int heads = (int)golden.Metadata["num_attention_heads"]!, layers = (int)golden.Metadata["num_hidden_layers"]!;
        var rewritten = golden.Tensors.Keys.Where(name => !PhiGeneration.IsAddedNorm(name))
            .SelectMany(name => PhiGeneration.Rewrite(generation, name, golden.Read(name), heads, layers));
        _folder.Write("model.safetensors", SafetensorsBytes.Of(rewritten));
        _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/config.json", "config.json");

        using Phi2Folder phi = Phi2Folder.Open(_folder.Root);

        Assert.Equal(golden.Tensors.Keys.Where(name => !PhiGeneration.IsAddedNorm(name)).Order(), phi.Tensors.Keys.Order());
        foreach (TensorHeader header in phi.Tensors.Values)
        {
            Assert.Equal(golden.Tensors[header.Name].Shape, header.Shape);
            torch.Tensor found = phi.Read(header.Name);
            Assert.Equal(header.Shape, found.shape);
            Assert.True(golden.Read(header.Name).to_type(torch.float32).bytes.SequenceEqual(found.bytes), header.Name);
        }
    }

    [Fact]
    public void Open_SplitLayoutWithoutItsKeys_IsRefused()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Write("model.safetensors", SafetensorsBytes.Of([
            new("model.layers.0.self_attn.q_proj.weight", torch.zeros(40, 40)), new("model.layers.0.self_attn.v_proj.weight", torch.zeros(40, 40))]));
        _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/config.json", "config.json");

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root));

        Assert.Contains("q_proj, k_proj and v_proj", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../other.bin"}}""", "../other.bin")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", "/etc/passwd")]
    [InlineData("""{"weight_map":{"a":7}}""", "no file")]
    [InlineData("""{"weight_map":{}}""", "weight_map")]
    [InlineData("""{"weight_map":{"a":"absent.bin"}}""", "absent.bin")]
    [InlineData("[1]", "object")]
    [InlineData("{", "JSON")]
    public void Open_IndexThatIsUnsound_IsRefused(string index, string expected)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Write("pytorch_model.bin.index.json", Encoding.UTF8.GetBytes(index));
        _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/config.json", "config.json");

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexThatPromisesMore_ListsWhatIsAbsent()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        string? path = WeightFiles.Find(GoldenModel.Paths.PhiFolder).FirstOrDefault(file => file.EndsWith(".index.json", StringComparison.Ordinal));
        Assert.SkipWhen(path is null, "The set's Phi-2 folder has a single weight file, without an index.");
        CopyGolden(GoldenModel.Paths.PhiFolder);
        JsonNode index = JsonNode.Parse(File.ReadAllText(path))!;
        string absent = $"model.layers.{GoldenModel.Phi.NumHiddenLayers}.mlp.fc1.weight";
        index["weight_map"]![absent] = (string)index["weight_map"]!.AsObject().First().Value!;
        _folder.Write(Path.GetFileName(path), Encoding.UTF8.GetBytes(index.ToJsonString()));

        Assert.Contains(absent, Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoWeights_SaysWhatWasExpectedAndFound()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Copy($"e2e/{GoldenModel.PhiFolders[0]}/config.json", "config.json");

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root));

        Assert.Contains("pytorch_model.bin.index.json", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("found config.json", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>The set's folder with weights of one format; null if none.</summary>
    private static Phi2Folder? OfKind(CheckpointFileKind kind)
    {
        Phi2Folder[] all = [.. GoldenModel.PhiFolders.Select(name => Phi2Folder.Open(GoldenModel.PathsWith(name).PhiFolder))];
        foreach (Phi2Folder other in all.Where(folder => folder.Kind != kind))
            other.Dispose();
        return all.FirstOrDefault(folder => folder.Kind == kind);
    }

    /// <summary>The element type in a folder's configuration, else that of its first tensor.</summary>
    private static torch.ScalarType TypeOf(Phi2Folder folder) =>
        (string?)folder.Metadata["torch_dtype"] is { } type ? Enum.Parse<torch.ScalarType>(type, ignoreCase: true) : folder.Tensors.Values.First().Type;

    private void CopyGolden(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder))
            _folder.Write(Path.GetFileName(path), File.ReadAllBytes(path));
    }
}
