using System.Security.Cryptography;
using System.Text;
using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Checkpoints.Tools;
using TorchSharp;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointVerificationTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    private static string Stage => Path.GetFileName(GoldenFiles.Stage);

    private static string Eva => Path.GetFileName(GoldenFiles.Eva);

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(GoldenModel.EachPhiFolder), MemberType = typeof(GoldenModel))]
    public async Task VerifyAsync_GoldenModel_IsSound(string phi)
    {
        CopyModel(phi);

        VerifiedCheckpoint verified = await VerifyAsync(_folder.Root);

        Assert.Empty(verified.Problems);
        Assert.True(verified.IsSound);
        Assert.Equal(TensorsReadOf(phi), verified.Tensors);
        Assert.All(verified.Files, file => Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(_folder[file.Name]))), file.Sha256));
        Assert.All([Stage, Eva, Path.GetFileName(GoldenFiles.Blip2), $"{phi}/config.json", $"{phi}/vocab.json"],
            name => Assert.Contains(verified.Files, file => file.Name == name));
    }

    [Fact]
    public async Task VerifyAsync_PartsAlone_AreSound()
    {
        foreach (string part in GoldenModel.PhiFolders.Concat([Stage, Eva]))
        {
            VerifiedCheckpoint verified = await VerifyAsync(Golden.PathOf($"e2e/{part}"));
            Assert.Empty(verified.Problems);
            Assert.NotEqual(0, verified.Tensors);
        }
    }

    [Fact]
    public async Task VerifyAsync_PublishedFile_IsRecognisedBySizeAndDigest()
    {
        CopyModel(GoldenModel.PhiFolders[0]);
        byte[] stage = await File.ReadAllBytesAsync(_folder[Stage], TestContext.Current.CancellationToken);
        var known = new PublishedFile(Stage, stage.Length, Convert.ToHexStringLower(SHA256.HashData(stage)), "the golden stage");

        VerifiedCheckpoint right = await VerifyAsync(_folder.Root, known), wrong = await VerifyAsync(_folder.Root, known with { Bytes = 1 });

        Assert.Equal(known, right.Files.Single(file => file.Name == Stage).Published);
        Assert.All(right.Files, file => Assert.Equal(file.Name == Stage, file.Published is not null));
        Assert.All(wrong.Files, file => Assert.Null(file.Published));
    }

    [Fact]
    public async Task VerifyAsync_FolderOfLinks_NamesTrueSizesAndRecognisesPublishedFiles()
    {
        // As the cache of Hugging Face: contents named by their digests, and a folder of relative links with the published names.
        CopyModel(GoldenModel.PhiFolders[0]);
        string root = Path.GetFullPath(_folder.Root), blobs = root + "-blobs";
        Directory.CreateDirectory(blobs);
        try
        {
            var sizes = new Dictionary<string, long>();
            foreach (string file in Directory.GetFiles(root, "*", SearchOption.AllDirectories))
            {
                byte[] content = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
                string blob = Path.Combine(blobs, Convert.ToHexStringLower(SHA256.HashData(content)));
                File.Move(file, blob, overwrite: true);
                File.CreateSymbolicLink(file, Path.GetRelativePath(Path.GetDirectoryName(file)!, blob));
                sizes[Path.GetRelativePath(root, file)] = content.Length;
            }

            string digest = Path.GetFileName(new FileInfo(_folder[Stage]).LinkTarget!);
            var known = new PublishedFile(Stage, sizes[Stage], digest, "the golden stage");

            VerifiedCheckpoint verified = await VerifyAsync(_folder.Root, known);

            Assert.Empty(verified.Problems);
            Assert.Equal(known, verified.Files.Single(file => file.Name == Stage).Published);
            Assert.All(verified.Files, file => Assert.Equal(sizes[file.Name], file.Bytes));
        }
        finally
        {
            Directory.Delete(blobs, recursive: true);
        }
    }

    [Fact]
    public async Task VerifyAsync_FileThatWasPublishedByMistake_IsRefusedByName()
    {
        CopyModel(GoldenModel.PhiFolders[0]);
        _folder.Write(Stage, [.. "PK\u0003\u0004 and nothing else"u8]);
        byte[] stage = await File.ReadAllBytesAsync(_folder[Stage], TestContext.Current.CancellationToken);
        PublishedFile truncated = PublishedFile.All.Single(file => !file.IsUsable) with
        {
            Bytes = stage.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(stage)),
        };

        VerifiedCheckpoint verified = await VerifyAsync(_folder.Root, truncated);

        string problem = Assert.Single(verified.Problems);
        Assert.Contains("the truncated upload of stage 4 of 19 January 2024", problem, StringComparison.Ordinal);
        Assert.Contains("Download TinyGPT-V_for_Stage4.pth again", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_SeveralBrokenParts_AreAllNamed()
    {
        string phi = GoldenModel.PhiFolders[^1], shard = Path.GetFileName(WeightFiles.Find(Golden.PathOf($"e2e/{phi}"))[^1]);
        CopyModel(phi);
        foreach (string name in new[] { Stage, Eva, $"{phi}/{shard}" })
            _folder.Write(name, [.. (await File.ReadAllBytesAsync(_folder[name], TestContext.Current.CancellationToken)).SkipLast(1000)]);

        VerifiedCheckpoint verified = await VerifyAsync(_folder.Root);

        Assert.False(verified.IsSound);
        Assert.Equal(3, verified.Problems.Length);
        foreach (string name in new[] { Stage, Eva, shard })
            Assert.Contains(verified.Problems, problem => problem.Contains(name, StringComparison.Ordinal));
    }

    [Fact]
    public async Task VerifyAsync_MissingMisshapenAndInfiniteTensors_AreAllNamed()
    {
        CopyModel(GoldenModel.PhiFolders[0]);
        int width = GoldenModel.Phi.HiddenSize; // the output width of llama_proj2
        string norm;
        using (DisposeScope scope = torch.NewDisposeScope())
        {
            Dictionary<string, torch.Tensor> stage = Tensors(Stage);
            stage.Remove("llama_proj.bias");
            stage["llama_proj2.bias"] = torch.zeros(width + 3);
            norm = stage.Keys.Where(name => name.EndsWith("_layernorm.weight", StringComparison.Ordinal)).MinBy(name => name.Length)!; // final_layernorm
            stage[norm][0] = double.PositiveInfinity;
            Replace(Stage, stage);
        }

        VerifiedCheckpoint verified = await VerifyAsync(_folder.Root);

        string all = string.Join("\n", verified.Problems);
        Assert.Contains("llama_proj.bias", all, StringComparison.Ordinal);
        Assert.Contains($"llama_proj2.bias: expected [{width}], found [{width + 3}]", all, StringComparison.Ordinal);
        Assert.Contains($"1 tensors contain NaN or infinity: {CheckpointKeys.Canonical(CheckpointRole.Stage, norm)}", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_HalfPrecisionNotANumber_IsFound()
    {
        string path = _folder.Write("one.safetensors", SafetensorsBytes.Of("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]}}""", [0, 0, 0, 0x7E]));

        Assert.Contains("NaN or infinity: h", Assert.Single((await VerifyAsync(path)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_TokenizerOfALargerModel_IsRefused()
    {
        CopyModel(GoldenModel.PhiFolders[0]);
        int id = GoldenModel.Phi.VocabSize;
        _folder.Write($"{GoldenModel.PhiFolders[0]}/added_tokens.json", Encoding.UTF8.GetBytes($"{{\" \":{id}}}"));

        Assert.Contains($"{id + 1} tokens", Assert.Single((await VerifyAsync(_folder.Root)).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_NothingThere_SaysWhatIsExpected() =>
        Assert.Contains("phi-2/", (await Assert.ThrowsAsync<CheckpointException>(() => VerifyAsync(_folder.Root))).Message, StringComparison.Ordinal);

    [Fact]
    public void All_PublishedFiles_AreToldApart()
    {
        Assert.Equal(PublishedFile.All.Count, PublishedFile.All.Select(file => file.Sha256).Distinct().Count());
        Assert.Equal(PublishedFile.All.Count, PublishedFile.All.Select(file => file.Bytes).Distinct().Count());
        Assert.All(PublishedFile.All, file => Assert.Matches("^[0-9a-f]{64}$", file.Sha256));
        Assert.Contains("Q-Former trained", PublishedFile.All.Single(file => file.Bytes == 1_805_910_138).Description, StringComparison.Ordinal);
    }

    private static Task<VerifiedCheckpoint> VerifyAsync(string path, params PublishedFile[] published) =>
        CheckpointVerification.VerifyAsync(path, new ModelSettings(), published.Length == 0 ? null : published, TestContext.Current.CancellationToken);

    private void CopyModel(string phi)
    {
        foreach (string path in new[] { GoldenFiles.Stage, GoldenFiles.Eva, GoldenFiles.Blip2, "e2e/config.json" })
            _folder.Copy(path, Path.GetFileName(path));
        foreach (string path in Directory.EnumerateFiles(Golden.PathOf($"e2e/{phi}")))
            _folder.Copy($"e2e/{phi}/{Path.GetFileName(path)}", $"{phi}/{Path.GetFileName(path)}");
    }

    /// <summary>Number of the model's parameters, without the norm biases that are in no file.</summary>
    private static int TensorsReadOf(string phi)
    {
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.PathsWith(phi));
        IEnumerable<string> parameters = ModelBlueprint.Of(files, new ModelSettings()).Shapes.Keys;
        return parameters.Count(name => !CheckpointKeys.MayComeFromNoFile(name) || files.Tensors.ContainsKey(name));
    }

    private Dictionary<string, torch.Tensor> Tensors(string name)
    {
        using ICheckpointFile file = CheckpointFile.Open(_folder[name]);
        return file.Tensors.Keys.ToDictionary(key => key, file.Read);
    }

    /// <summary>The extension does not matter, so a safetensors file may keep the name.</summary>
    private void Replace(string name, Dictionary<string, torch.Tensor> tensors) => _folder.Write(name, SafetensorsBytes.Of(tensors));
}
