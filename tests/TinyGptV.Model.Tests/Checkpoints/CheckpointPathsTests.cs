using TinyGptV.Model.Checkpoints.Formats;
using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class CheckpointPathsTests : IDisposable
{
    private readonly CheckpointFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_GoldenFolder_FindsAllFour()
    {
        CheckpointPaths paths = CheckpointPaths.Find(Golden.PathOf("e2e"));

        Assert.Equal(GoldenModel.Paths, paths); // found by name here, by content there
    }

    [Fact]
    public void Find_SeveralOfAKind_TakesTheNewestStageAndSafetensors()
    {
        foreach (string name in new[]
                 {
                     "TinyGPT-V_for_Stage4.pth", "TinyGPT-V_for_Stage4.safetensors", "TinyGPT-V_for_Stage10.pth", "TinyGPT-V_for_Stage2.pth", "eva_vit_g.pth",
                     "eva_vit_g.safetensors", "blip2_pretrained_flant5xxl.pth", "my-phi/config.json", "my-phi/tokenizer.json",
                 })
            _folder.Write(name, [1]);

        CheckpointPaths paths = CheckpointPaths.Find(_folder.Root);

        Assert.Equal("TinyGPT-V_for_Stage10.pth", Path.GetFileName(paths.StageFile));
        Assert.Equal("eva_vit_g.safetensors", Path.GetFileName(paths.EvaFile));
        Assert.Equal("my-phi", Path.GetFileName(paths.PhiFolder));
    }

    [Fact]
    public void Find_SomethingMissing_ListsExpectedAndFound()
    {
        _folder.Write("eva_vit_g.pth", [1]);
        _folder.Write("notes.txt", [1]);

        string message = Assert.Throws<CheckpointException>(() => CheckpointPaths.Find(_folder.Root)).Message;

        Assert.Contains("missing  phi-2/", message, StringComparison.Ordinal);
        Assert.Contains("found    eva_vit_g.pth", message, StringComparison.Ordinal);
        Assert.Contains("missing  blip2_pretrained_flant5xxl.pth", message, StringComparison.Ordinal);
        Assert.Contains("missing  TinyGPT-V_for_StageN.pth", message, StringComparison.Ordinal);
        Assert.Contains("Found: eva_vit_g.pth, notes.txt.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoFolder_SaysSo() => Assert.Throws<CheckpointException>(() => CheckpointPaths.Find(_folder["absent"]));
}
