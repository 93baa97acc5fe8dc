using System.Security.Cryptography;
using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointSetDigestTests
{
    [Fact]
    public async Task ComputeDigestsAsync_GoldenFiles_CoverEveryDecidingFile()
    {
        using CheckpointSet set = CheckpointSet.Open(CheckpointPaths.Find(Golden.PathOf("e2e")));

        var digests = await set.ComputeDigestsAsync(TestContext.Current.CancellationToken);

        Assert.All(["phi-2/config.json", "phi-2/vocab.json", "phi-2/merges.txt", "phi-2/added_tokens.json", "phi-2/tokenizer_config.json",
            "phi-2/pytorch_model.bin.index.json", "phi-2/pytorch_model-00001-of-00002.bin", "phi-2/pytorch_model-00002-of-00002.bin",
            "eva_vit_g.pth", "blip2_pretrained_flant5xxl.pth", "TinyGPT-V_for_Stage4.pth"],
            name => Assert.Contains(name, digests.Keys));
        Assert.All(digests, digest => Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Golden.PathOf(Path.Combine("e2e", digest.Key))))), digest.Value));
    }
}
