using System.Text;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class Phi2FolderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_GoldenFolders_BothKindsOfShardsHoldTheSameModel()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Phi2Folder half = Phi2Folder.Open(Golden.PathOf("e2e/phi-2")), single = Phi2Folder.Open(Golden.PathOf("e2e/phi-2-safetensors"));

        Assert.Equal(CheckpointFileKind.TorchZip, half.Kind);
        Assert.Equal(CheckpointFileKind.Safetensors, single.Kind);
        Assert.Empty(half.Tensors.Keys.Except(single.Tensors.Keys));
        foreach (string name in half.Tensors.Keys)
        {
            Assert.Equal(torch.ScalarType.Float16, half.Tensors[name].Type);
            Assert.True(half.Read(name).to_type(torch.ScalarType.Float32).bytes.SequenceEqual(single.Read(name).bytes), name);
        }
    }

    [Fact]
    public void Open_BothKindsInOneFolder_PrefersSafetensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        CopyGolden("e2e/phi-2");
        CopyGolden("e2e/phi-2-safetensors");

        using Phi2Folder phi = Phi2Folder.Open(_folder.Root);

        Assert.Equal(CheckpointFileKind.Safetensors, phi.Kind);
    }

    [Fact]
    public void Open_OneTorchFile_IsEnough()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Copy("phi/pytorch_model.bin", "pytorch_model.bin");
        _folder.Copy("e2e/phi-2/config.json", "config.json");

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
        using Phi2Folder golden = Phi2Folder.Open(Golden.PathOf("e2e/phi-2-safetensors"));
        int heads = (int)golden.Metadata["num_attention_heads"]!, layers = (int)golden.Metadata["num_hidden_layers"]!;
        var rewritten = golden.Tensors.Keys.Where(name => !PhiGeneration.IsAddedNorm(name)).SelectMany(name => PhiGeneration.Rewrite(generation, name, golden.Read(name), heads, layers));
        _folder.Write("model.safetensors", SafetensorsBytes.Of(rewritten));
        _folder.Copy("e2e/phi-2/config.json", "config.json");

        using Phi2Folder phi = Phi2Folder.Open(_folder.Root);

        Assert.Equal(golden.Tensors.Keys.Where(name => !PhiGeneration.IsAddedNorm(name)).Order(), phi.Tensors.Keys.Order());
        foreach (TensorHeader header in phi.Tensors.Values)
        {
            Assert.Equal(golden.Tensors[header.Name].Shape, header.Shape);
            torch.Tensor found = phi.Read(header.Name);
            Assert.Equal(header.Shape, found.shape);
            Assert.True(golden.Read(header.Name).bytes.SequenceEqual(found.bytes), header.Name);
        }
    }

    [Fact]
    public void Open_SplitLayoutWithoutItsKeys_IsRefused()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Write("model.safetensors", SafetensorsBytes.Of([
            new("model.layers.0.self_attn.q_proj.weight", torch.zeros(40, 40)), new("model.layers.0.self_attn.v_proj.weight", torch.zeros(40, 40))]));
        _folder.Copy("e2e/phi-2/config.json", "config.json");

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
        _folder.Copy("e2e/phi-2/config.json", "config.json");

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_IndexThatPromisesMore_ListsWhatIsAbsent()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        CopyGolden("e2e/phi-2");
        JsonNode index = Golden.Json("e2e/phi-2/pytorch_model.bin.index.json");
        index["weight_map"]!["model.layers.7.mlp.fc1.weight"] = "pytorch_model-00001-of-00002.bin";
        _folder.Write("pytorch_model.bin.index.json", Encoding.UTF8.GetBytes(index.ToJsonString()));

        Assert.Contains("model.layers.7.mlp.fc1.weight", Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoWeights_SaysWhatWasExpectedAndFound()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        _folder.Copy("e2e/phi-2/config.json", "config.json");

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => Phi2Folder.Open(_folder.Root));

        Assert.Contains("pytorch_model.bin.index.json", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("found config.json", refusal.Message, StringComparison.Ordinal);
    }

    private void CopyGolden(string relativeFolder)
    {
        foreach (string path in Directory.EnumerateFiles(Golden.PathOf(relativeFolder)))
            _folder.Copy(Path.Combine(relativeFolder, Path.GetFileName(path)), Path.GetFileName(path));
    }
}
