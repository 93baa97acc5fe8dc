using System.IO.Compression;
using System.Text.Json.Nodes;
using TinyGptV.Model.Checkpoints.Formats;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class TorchZipFileTests : IDisposable
{
    private static readonly byte[] TwoFloats = [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40];

    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string?, string?> Twins()
    {
        var twins = new TheoryData<string?, string?>();
        foreach ((string torch, string safetensors) in GoldenFiles.Twins())
            twins.Add(torch, safetensors);
        if (!GoldenFiles.Twins().Any())
            twins.Add(null, null);
        return twins;
    }

    [Theory, MemberData(nameof(Twins))]
    public void Open_GoldenFile_HoldsTheSameTensorsAsItsSafetensorsTwin(string? torchPath, string? safetensorsPath)
    {
        Assert.SkipWhen(torchPath is null || safetensorsPath is null, "The set has no file in both formats.");
        using ICheckpointFile torchFile = Golden.Open(torchPath), twin = Golden.Open(safetensorsPath);

        Assert.Equal(CheckpointFileKind.TorchZip, torchFile.Kind);
        Assert.Equal(twin.Tensors.Keys.Order(), torchFile.Tensors.Keys.Order());
        foreach (string name in twin.Tensors.Keys)
        {
            using torch.Tensor expected = twin.Read(name), found = torchFile.Read(name);
            Assert.Equal(expected.shape, found.shape);
            Assert.Equal(expected.dtype, found.dtype);
            Assert.True(expected.bytes.SequenceEqual(found.bytes), name);
        }
    }

    [Fact]
    public void Open_TrainingCheckpoint_HasItsModelAndTheRestAsMetadata()
    {
        JsonNode keys = Golden.Json(GoldenFiles.StageKeys);
        using ICheckpointFile file = Golden.Open(GoldenFiles.Stage);
        Assert.SkipUnless(file.Kind == CheckpointFileKind.TorchZip, "The set's stage file is not a training checkpoint.");

        Assert.Equal(keys["model"]!.AsObject().Select(key => key.Key).Order(), file.Tensors.Keys.Order());
        foreach ((string name, JsonNode? shape) in keys["model"]!.AsObject())
            Assert.Equal(shape!.AsArray().Select(extent => (long)extent!), file.Tensors[name].Shape);
        Assert.True(JsonNode.DeepEquals(keys["config"], file.Metadata!["config"]));
        Assert.True(JsonNode.DeepEquals(keys["scaler"], file.Metadata["scaler"]));
        Assert.Equal((int)keys["epoch"]!, (int)(long)file.Metadata["epoch"]!);
        Assert.False(file.Metadata.AsObject().ContainsKey("optimizer"));
    }

    [Theory]
    [InlineData(false, "archive")]
    [InlineData(true, "some other name")]
    public void Open_AnyRootFolderWithOrWithoutZip64_ReadsTheTensor(bool zip64, string root)
    {
        using TorchZipFile file = TorchZipFile.Open(_folder.Write("a.pth", Archive(PickleBytes.OneTensor(), zip64, root)));
        using torch.Tensor weight = file.Read("weight");

        Assert.Equal([1f, 2f], weight.data<float>().ToArray());
        Assert.Null(file.Metadata);
    }

    [Fact]
    public void Read_ViewsOfOneStorage_FollowOffsetsAndStrides()
    {
        byte[] storage = [.. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes((long)value))];
        byte[] pickle = new PickleBytes().Op("}(").Text("rows").Tensor("LongStorage", "0", 6, 0, [2, 3], [3, 1])
            .Text("columns").Tensor("LongStorage", "0", 6, 0, [3, 2], [1, 3]).Text("last").Tensor("LongStorage", "0", 6, 5, [], [])
            .Text("middle").Tensor("LongStorage", "0", 6, 1, [2, 1], [3, 77]).Text("empty").Tensor("LongStorage", "0", 6, 0, [0, 4], [4, 1]).Op("u").End();

        using TorchZipFile file = TorchZipFile.Open(_folder.Write("views.pth", Archive(pickle, false, "x", storage)));
        using DisposeScope scope = torch.NewDisposeScope();

        Assert.Equal([0L, 1, 2, 3, 4, 5], file.Read("rows").data<long>().ToArray());
        Assert.Equal([0L, 3, 1, 4, 2, 5], file.Read("columns").data<long>().ToArray());
        Assert.Equal([3L, 2L], file.Read("columns").shape);
        Assert.Equal([5L], file.Read("last").data<long>().ToArray());
        Assert.Equal([1L, 4L], file.Read("middle").data<long>().ToArray());
        Assert.Equal([0L, 4L], file.Read("empty").shape);
    }

    [Fact]
    public void Open_Parameter_IsReadAsItsTensor()
    {
        byte[] pickle = new PickleBytes().Op("}").Text("weight").Global("torch._utils", "_rebuild_parameter").Op("(")
            .Tensor("FloatStorage", "0", 2, 0, [2], [1]).Raw(0x88).Global("collections", "OrderedDict").Op(")RtRs").End();

        using TorchZipFile file = TorchZipFile.Open(_folder.Write("p.pth", Archive(pickle)));

        Assert.Equal([2L], file.Tensors["weight"].Shape);
    }

    public static TheoryData<string, byte[]> CallsOfTheSystem() => new()
    {
        { "protocol 2", new PickleBytes().Global("os", "system").Op("(").Text("touch /tmp/x").Op("tR").End() },
        { "posix", new PickleBytes().Global("posix", "system").Op("(").Text("touch /tmp/x").Op("tR").End() },
        { "protocol 0", "cos\nsystem\n(S'touch /tmp/x'\ntR."u8.ToArray() },
        { "an instance", "(ios\nsystem\n."u8.ToArray() },
        { "protocol 4", new PickleBytes().Raw(0x8C, 2).Op("os").Raw(0x8C, 6).Op("system").Raw(0x93).Op(")R").End() },
        { "hidden in the optimizer",
            new PickleBytes().Op("}(").Text("model").Op("}").Text("optimizer").Global("os", "system").Op("(").Text("x").Op("tRu").End() },
    };

    [Theory]
    [MemberData(nameof(CallsOfTheSystem))]
    public void Open_PickleThatCallsTheSystem_IsRefusedByName(string how, byte[] pickle)
    {
        CheckpointException refusal = Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("evil.pth", Archive(pickle))));

        Assert.True(refusal.Message.Contains("refused: it asks for ", StringComparison.Ordinal), how);
        Assert.Contains(".system", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("builtins", "eval")]
    [InlineData("torch", "load")]
    [InlineData("torch._utils", "_rebuild_device_tensor_from_numpy")]
    [InlineData("torch", "FloatStorage.__reduce__")]
    [InlineData("numpy.core.multiarray", "_reconstruct")]
    public void Open_OtherGlobals_AreRefusedByName(string module, string name)
    {
        byte[] pickle = new PickleBytes().Op("}").Text("weight").Global(module, name).Op("s").End();

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("evil.pth", Archive(pickle))));

        Assert.Contains($"{module}.{name}", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 0, new long[] { 3 }, new long[] { 1 })]
    [InlineData(2, 1, new long[] { 2 }, new long[] { 1 })]
    [InlineData(2, 0, new long[] { 1L << 40 }, new long[] { 0 })]
    [InlineData(2, 0, new long[] { 2 }, new long[] { -1 })]
    [InlineData(2, -1, new long[] { 2 }, new long[] { 1 })]
    [InlineData(2, 0, new long[] { -2 }, new long[] { 1 })]
    [InlineData(2, 0, new long[] { 2, 1 }, new long[] { 1 })]
    [InlineData(2, 0, new long[] { 1L << 62, 1L << 62 }, new long[] { 1, 1 })]
    [InlineData(2, 0, new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue })]
    [InlineData(3, 0, new long[] { 2 }, new long[] { 1 })]
    [InlineData(long.MaxValue, 0, new long[] { 2 }, new long[] { 1 })]
    [InlineData(-1, 0, new long[] { 0 }, new long[] { 1 })]
    public void Open_TensorBeyondItsStorage_IsRefused(long elements, long offset, long[] shape, long[] strides)
    {
        byte[] archive = Archive(PickleBytes.OneTensor(elements, offset, shape, strides));

        Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("beyond.pth", archive)));
    }

    [Fact]
    public void Open_MetadataThatGrowsWithoutEnd_IsCutOff()
    {
        // Each list contains the previous one twice: 2^60 values if written out. The last one contains itself.
        var pickle = new PickleBytes().Op("}(").Text("weight").Tensor("FloatStorage", "0", 2, 0, [2], [1]).Text("laughs").Op("]q").Raw(0);
        for (byte i = 1; i <= 60; i++)
            pickle.Op("](h").Raw((byte)(i - 1)).Op("h").Raw((byte)(i - 1)).Op("eq").Raw(i);
        for (byte i = 0; i < 60; i++)
            pickle.Raw(0x86); // leaves one value: nested pairs of the lists
        byte[] bytes = pickle.Text("self").Op("]q").Raw(61).Op("h").Raw(61).Op("au").End();

        using TorchZipFile file = TorchZipFile.Open(_folder.Write("laughs.pth", Archive(bytes)));

        Assert.InRange(file.Metadata!.ToJsonString().Length, 1, 10_000_000);
    }

    [Fact]
    public void Open_EndlessOpcodes_IsRefused()
    {
        byte[] pickle = new PickleBytes().Op(new string('N', 3_000_000)).End();

        Assert.Contains("opcodes", Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("long.pth", Archive(pickle)))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("t.")]
    [InlineData("(.")]
    [InlineData("h\u0007.")]
    [InlineData("]a.")]
    [InlineData("](s.")]
    [InlineData("N)R.")]
    [InlineData("]Q.")]
    [InlineData("X\u00FF\u00FF\u00FF\u00FFabc.")]
    [InlineData("ctorch")]
    [InlineData("]Nb.")]
    [InlineData("].")]
    public void Open_PickleThatMakesNoSense_IsRefused(string opcodes)
    {
        byte[] pickle = [0x80, 2, .. opcodes.Select(letter => (byte)letter)];

        Assert.Contains("refused", Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("no.pth", Archive(pickle)))).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("S'a'\n.", "opcode STRING at byte 2; only what torch.save writes is allowed")]
    [InlineData("(]o.", "opcode OBJ at byte 4; only what torch.save writes is allowed")]
    [InlineData("]Nb.", "it sets attributes of something that is not a dictionary")]
    [InlineData("(icollections\nOrderedDict\n.", "contains no tensors")]
    public void Open_OpcodesBeyondThoseOfTorch_AreRefusedByName(string opcodes, string expected)
    {
        byte[] pickle = [0x80, 2, .. opcodes.Select(letter => (byte)letter)];

        Assert.Contains(expected, Assert.Throws<CheckpointException>(() => TorchZipFile.Open(_folder.Write("no.pth", Archive(pickle)))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CompressedEntries_AreRefusedByName()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        using (Stream entry = zip.CreateEntry("a/data.pkl", CompressionLevel.Optimal).Open())
            entry.Write(new byte[4000]);

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder.Write("packed.pth", stream.ToArray())));

        Assert.Contains("a/data.pkl is compressed", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BigEndianFile_IsRefused()
    {
        byte[] archive = StoredZip.Of(false, ("a/data.pkl", PickleBytes.OneTensor()), ("a/byteorder", "big"u8.ToArray()), ("a/data/0", TwoFloats));

        Assert.Contains("big-endian", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder.Write("b.pth", archive))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoTensors_SaysWhatIsThere()
    {
        byte[] pickle = new PickleBytes().Op("}").Text("state_dict").Op("}s").End();

        Assert.Contains("Found: state_dict",
            Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder.Write("none.pth", Archive(pickle)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyFlippedBitOfAnEntry_IsRefusedByName()
    {
        byte[] pickle = PickleBytes.OneTensor();
        byte[] whole = Archive(pickle);
        int weight = whole.AsSpan().IndexOf(TwoFloats), directory = whole.AsSpan().IndexOf(pickle);
        foreach (int at in Enumerable.Range(weight, TwoFloats.Length).Concat(Enumerable.Range(directory, pickle.Length)))
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;

            CheckpointException refusal = Assert.Throws<CheckpointException>(() => ReadWeight(damaged));

            string entry = at < directory + pickle.Length ? "archive/data.pkl" : "archive/data/0";
            Assert.Contains($"entry {entry} is damaged: expected the CRC-32 ", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Read_ArchiveWithoutChecksums_IsAccepted() =>
        ReadWeight(StoredZip.WithoutChecksums(("a/data.pkl", PickleBytes.OneTensor()), ("a/data/0", TwoFloats)));

    [Fact]
    public void Open_EveryTruncation_IsRefused()
    {
        byte[] whole = Archive(PickleBytes.OneTensor(), zip64: true);
        for (int length = 0; length < whole.Length; length++)
        {
            string path = _folder.Write("cut.pth", whole[..length]);
            Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path));
        }
    }

    private void ReadWeight(byte[] archive)
    {
        using TorchZipFile file = TorchZipFile.Open(_folder.Write("w.pth", archive));
        using torch.Tensor weight = file.Read("weight");
        Assert.Equal([1f, 2f], weight.data<float>().ToArray());
    }

    private static byte[] Archive(byte[] pickle, bool zip64 = false, string root = "archive", byte[]? storage = null) =>
        StoredZip.Of(zip64, ($"{root}/data.pkl", pickle), ($"{root}/version", "3\n"u8.ToArray()), ($"{root}/data/0", storage ?? TwoFloats));
}
