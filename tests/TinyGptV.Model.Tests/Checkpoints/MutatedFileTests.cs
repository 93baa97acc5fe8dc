using TinyGptV.Model.Checkpoints;
using TinyGptV.Model.Tokenization;
using TinyGptV.Model.Vision;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

/// <summary>A damaged file is read or refused with a typed error. It never makes the reader crash, hang or allocate more than the file's size allows.</summary>
public sealed class MutatedFileTests : IDisposable
{
    private const int Mutations = 400;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Safetensors_Mutated_IsReadOrRefused()
    {
        byte[] file = File.ReadAllBytes(Golden.PathOf("qformer/golden_enc5.safetensors"));
        int headerEnd = 8 + (int)BitConverter.ToInt64(file);

        MutateCheckpoint(file, seed: 1, ..headerEnd);
    }

    [Fact]
    public void TorchZip_WithMutatedPickle_IsReadOrRefused()
    {
        byte[] file = File.ReadAllBytes(Golden.PathOf("phi/lora_only_peft_0.2.0_names.pth"));
        MappedFile mapped = MappedFile.Open(Golden.PathOf("phi/lora_only_peft_0.2.0_names.pth"));
        ZipEntry pickle = ZipDirectory.Read(mapped).Single(entry => entry.Key.EndsWith("data.pkl", StringComparison.Ordinal)).Value;
        mapped.Dispose();

        MutateCheckpoint(file, seed: 2, (int)pickle.Offset..(int)(pickle.Offset + pickle.Length));
    }

    [Fact]
    public void TorchZip_WithMutatedDirectory_IsReadOrRefused()
    {
        byte[] pickle = PickleBytes.OneTensor(), storage = new byte[8];
        byte[] file = StoredZip.Of(true, ("archive/data.pkl", pickle), ("archive/version", "3\n"u8.ToArray()), ("archive/data/0", storage));

        MutateCheckpoint(file, seed: 3, where: null);
    }

    [Theory]
    [InlineData("vocab.json", 4)]
    [InlineData("merges.txt", 5)]
    [InlineData("added_tokens.json", 6)]
    [InlineData("tokenizer_config.json", 7)]
    public void Tokenizer_Mutated_IsReadOrRefused(string name, int seed)
    {
        foreach (string path in new[] { "vocab.json", "merges.txt", "added_tokens.json", "tokenizer_config.json" }) _folder.Copy($"e2e/phi-2/{path}", path);
        byte[] file = File.ReadAllBytes(_folder[name]);
        var random = new Random(seed);
        for (int i = 0; i < Mutations / 4; i++)
        {
            _folder.Write(name, Mutation.Of(file, random));
            Attempt(() =>
            {
                PhiTokenizer tokenizer = PhiTokenizer.Open(_folder.Root);
                tokenizer.Decode(tokenizer.Encode("###Human: <Img> is it  red?\u00E9"), skipSpecialTokens: true);
            });
        }
    }

    [Fact]
    public void PhiFolder_WithMutatedIndexOrConfiguration_IsReadOrRefused()
    {
        foreach (string path in Directory.EnumerateFiles(Golden.PathOf("e2e/phi-2")))
            _folder.Copy($"e2e/phi-2/{Path.GetFileName(path)}", Path.GetFileName(path));
        var random = new Random(8);
        foreach (string name in new[] { "config.json", "pytorch_model.bin.index.json" })
        {
            byte[] file = File.ReadAllBytes(_folder[name]);
            for (int i = 0; i < Mutations / 4; i++)
            {
                _folder.Write(name, Mutation.Of(file, random));
                Attempt(() => Phi2Folder.Open(_folder.Root).Dispose());
            }

            _folder.Write(name, file);
        }
    }

    [Theory]
    [InlineData("jpeg_progressive.jpg", 9)]
    [InlineData("jpeg_cmyk.jpg", 10)]
    [InlineData("palette_transparent.png", 11)]
    [InlineData("gray16.png", 12)]
    [InlineData("lossy.webp", 13)]
    [InlineData("lossless.webp", 14)]
    public void Image_Mutated_IsReadOrRefused(string name, int seed)
    {
        byte[] file = File.ReadAllBytes(Golden.PathOf($"preprocess/images/{name}"));
        var transform = new ImageTransform(28);
        var random = new Random(seed);
        for (int i = 0; i < Mutations / 4; i++)
        {
            byte[] mutated = Mutation.Of(file, random, random.Next(2) == 0 ? ..Math.Min(64, file.Length) : null);
            try
            {
                Assert.All(transform.Apply(mutated), value => Assert.True(float.IsFinite(value)));
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    private void MutateCheckpoint(byte[] file, int seed, Range? where)
    {
        var random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < Mutations; i++)
        {
            string path = _folder.Write("mutated", Mutation.Of(file, random, random.Next(10) == 0 ? null : where));
            if (!Attempt(() => ReadEverything(path))) refused++;
        }

        Assert.InRange(refused, 1, Mutations - 1); // else the mutations would be too tame, or too wild, to show anything
    }

    private static void ReadEverything(string path)
    {
        using ICheckpointFile file = CheckpointFile.Open(path);
        long length = new FileInfo(path).Length;
        foreach (string name in file.Tensors.Keys)
        {
            using torch.Tensor tensor = file.Read(name);
            Assert.True(tensor.NumberOfElements * tensor.ElementSize <= length, name);
        }
    }

    private static bool Attempt(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
            return true;
        }
        catch (CheckpointException refusal)
        {
            Assert.NotEmpty(refusal.Message);
            return false;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
        }
    }
}
