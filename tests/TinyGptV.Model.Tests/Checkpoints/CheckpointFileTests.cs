using System.Text;
using TinyGptV.Model.Checkpoints.Formats;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointFileTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_MisleadingExtension_GoesByContent()
    {
        Assert.SkipUnless(GoldenFiles.Twins().Any(), "The set has no file in both formats.");
        (string Torch, string Safetensors) twin = GoldenFiles.Twins().First();
        using ICheckpointFile safetensors = CheckpointFile.Open(_folder.Copy(twin.Safetensors, "a.pth"));
        using ICheckpointFile torchZip = CheckpointFile.Open(_folder.Copy(twin.Torch, "b.safetensors"));

        Assert.Equal(CheckpointFileKind.Safetensors, safetensors.Kind);
        Assert.Equal(CheckpointFileKind.TorchZip, torchZip.Kind);
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n", "Git LFS")]
    [InlineData("  <!DOCTYPE html><html></html>", "web page")]
    [InlineData("<html>", "web page")]
    [InlineData("\u0080\u0002\u008A\u000Al\u00FC\u009CF\u00F9 j\u00A8P\u0019.", "before version 1.6")]
    [InlineData("GGUF....", "47475546")]
    [InlineData("x", "78")]
    [InlineData("", "empty")]
    [InlineData("PK\u0003\u0004 and no more", "incomplete")]
    public void Open_SomethingElse_SaysWhatItIs(string content, string expected)
    {
        string path = _folder.Write("file.pth", Encoding.Latin1.GetBytes(content));

        CheckpointException refusal = Assert.Throws<CheckpointException>(() => CheckpointFile.Open(path));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(path, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_SymbolicLink_IsFollowed()
    {
        File.CreateSymbolicLink(_folder["link.pth"], Golden.PathOf(GoldenFiles.EvaWeights));

        using ICheckpointFile file = CheckpointFile.Open(_folder["link.pth"]);

        Assert.NotEmpty(file.Tensors);
    }

    [Fact]
    public void Open_NoFileOrAFolder_SaysSo()
    {
        Assert.Contains("not found", Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder["absent.pth"])).Message, StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => CheckpointFile.Open(_folder.Root));
    }
}
