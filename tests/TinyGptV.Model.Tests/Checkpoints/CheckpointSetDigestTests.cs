using System.Security.Cryptography;
using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointSetDigestTests
{
    [Fact]
    public async Task ComputeDigestsAsync_GoldenFiles_CoverEveryDecidingFile()
    {
        using CheckpointSet set = CheckpointSet.Open(GoldenModel.Paths);

        var digests = await set.ComputeDigestsAsync(TestContext.Current.CancellationToken);

        string phi = GoldenModel.PhiFolders[0] + "/";
        string[] inPhi = [.. GoldenFiles.Listed("e2e").Where(name => name.StartsWith(phi, StringComparison.Ordinal) && Path.GetExtension(name) != ".md")];
        Assert.Contains(phi + "config.json", inPhi);
        IEnumerable<string> others = new[] { GoldenFiles.Eva, GoldenFiles.Blip2, GoldenFiles.Stage }.Select(path => Path.GetFileName(path));
        Assert.Equal(inPhi.Concat(others).Order(StringComparer.Ordinal), digests.Keys);
        Assert.All(digests, digest => Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Golden.PathOf(Path.Combine("e2e", digest.Key))))), digest.Value));
    }
}
