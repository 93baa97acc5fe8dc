using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    /// <summary>The vision tower's smallest run.</summary>
    private static string OneRun => GoldenFiles.EvaRun(Golden.Json("eva_vit/config.json")["run_sizes"]!.AsArray().Min(size => (int)size!));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_GoldenFile_HeadersAndValuesAreThere()
    {
        using ICheckpointFile file = Golden.Open(OneRun);

        Assert.Equal(CheckpointFileKind.Safetensors, file.Kind);
        foreach ((string name, TensorHeader header) in file.Tensors)
        {
            using torch.Tensor tensor = file.Read(name);
            Assert.Equal(header.Shape, tensor.shape);
            Assert.Equal(header.Type, tensor.dtype);
        }

        using torch.Tensor last = file.Read($"block_{(int)Golden.Json("eva_vit/config.json")["depth"]! - 1}"), final = file.Read("final");
        Assert.True(last.bytes.SequenceEqual(final.bytes));
    }

    [Fact]
    public void Read_EveryElementType_KeepsTypeAndValues()
    {
        string path = Write("""
            {"__metadata__":{"format":"pt"},"half":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},
             "brain":{"dtype":"BF16","shape":[],"data_offsets":[4,6]},"long":{"dtype":"I64","shape":[1,1],"data_offsets":[6,14]},
             "none":{"dtype":"F32","shape":[0,3],"data_offsets":[14,14]},"flag":{"dtype":"BOOL","shape":[1],"data_offsets":[14,15]}}
            """, [0x00, 0x3C, 0x00, 0xC0, 0x80, 0x3F, 7, 0, 0, 0, 0, 0, 0, 0, 1]);

        using SafetensorsFile file = SafetensorsFile.Open(path);
        using DisposeScope scope = torch.NewDisposeScope();
        torch.Tensor half = file.Read("half"), brain = file.Read("brain"), whole = file.Read("long"), none = file.Read("none"), flag = file.Read("flag");

        Assert.Equal([1f, -2f], half.to_type(torch.float32).data<float>().ToArray());
        Assert.Equal(1f, brain.to_type(torch.float32).item<float>());
        Assert.Equal(7L, whole.item<long>());
        Assert.Equal([0L, 3L], none.shape);
        Assert.True(flag.item<bool>());
        Assert.Equal("pt", (string?)file.Metadata!["format"]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "does not fit its data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 3, "damaged or incomplete")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8, "begins at byte 4")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "begins at byte 0")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}""", 4, "has -1 in its shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "does not fit")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}""", 1, "F8_E4M3")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "JSON")]
    [InlineData("""{"a":[]}""", 0, "(none)")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1]}}""", 4, "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":"x","data_offsets":[0,4]}}""", 4, "shape")]
    [InlineData("""{"a":""", 0, "JSON")]
    public void Open_HeaderThatDoesNotFit_IsRefusedAndSaysWhy(string header, int dataBytes, string expected)
    {
        string path = Write(header, new byte[dataBytes]);

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_HeaderLongerThanTheFile_IsRefused()
    {
        string path = _folder.Write("long.safetensors", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F, (byte)'{', (byte)'}']);

        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));
    }

    [Fact]
    public void Read_UnknownName_IsRefusedByName()
    {
        using ICheckpointFile file = Golden.Open(OneRun);

        Assert.Contains("no.such", Assert.Throws<CheckpointException>(() => file.Read("no.such")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AfterDispose_Throws()
    {
        ICheckpointFile file = Golden.Open(OneRun);
        file.Dispose();

        Assert.Throws<ObjectDisposedException>(() => file.Read("final"));
    }

    private string Write(string header, byte[] data) => _folder.Write("file.safetensors", SafetensorsBytes.Of(header, data));
}
