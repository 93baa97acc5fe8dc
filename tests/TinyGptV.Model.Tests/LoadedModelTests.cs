using TinyGptV.Model.Checkpoints.Layout;
using TinyGptV.Model.Engine;
using TinyGptV.Model.Engine.Decoding;

namespace TinyGptV.Model.Tests;

public sealed class LoadedModelTests
{
    [Theory]
    [InlineData("gpu", "A device is cpu, cuda or cuda:N; found 'gpu'")]
    [InlineData("cuda:x", "found 'cuda:x'")]
    [InlineData("cuda:99", "Device 'cuda:99' not found")]
    public void Load_DeviceThatIsNone_SaysWhatIsPossible(string device, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => Load(new ModelSettings { Device = device })).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_Float16OnACpu_IsRefused() =>
        Assert.Contains("bfloat16",
            Assert.Throws<InvalidDataException>(() => Load(new ModelSettings { Precision = ModelPrecision.Float16 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Load_ImageSizeThatPatchesDoNotFill_IsRefused() =>
        Assert.Contains("multiple of the patch size",
            Assert.Throws<InvalidDataException>(() => Load(new ModelSettings { ImageSize = GoldenModel.ImageSize + 1 })).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_EveryChoiceThatDecidesAnswers_IsNamed()
    {
        GoldenModel.SkipWithoutAdapters();
        var chosen = new ModelSettings { Precision = ModelPrecision.BFloat16, MergeAdapters = true, ImageSize = GoldenModel.OtherImageSize };
        using LoadedModel plain = Load(new ModelSettings()), other = Load(chosen);
        Assert.Equal(
            ["configuration", "image size", "lora merged", "precision"],
            plain.Settings.Where(s => other.Settings[s.Key] != s.Value).Select(s => s.Key));
        Assert.Equal("bfloat16", other.Settings["precision"]);
    }

    [Fact]
    public async Task Merged_adapters_generate_the_same_tokens()
    {
        GoldenModel.SkipWithoutAdapters();
        await using var apart = new GenerationEngine(Load(new ModelSettings()), new EngineOptions { Threads = 1 });
        await using var merged = new GenerationEngine(Load(new ModelSettings { MergeAdapters = true }), new EngineOptions { Threads = 1 });
        byte[] image = GoldenModel.Picture(0);
        foreach (var text in Golden.Json("e2e/goldens.json")["texts"]!.AsArray())
            Assert.Equal(await AskAsync(apart, image, (string)text!), await AskAsync(merged, image, (string)text!));
    }

    private static async Task<int[]> AskAsync(GenerationEngine engine, byte[] image, string prompt) =>
        [.. (await engine.GenerateAsync("image", image, prompt, new DecodingOptions { MaxNewTokens = 12 }, TestContext.Current.CancellationToken)).TokenIds];

    private static LoadedModel Load(ModelSettings settings)
    {
        using CheckpointSet files = CheckpointSet.Open(GoldenModel.Paths);
        return LoadedModel.Load(files, settings, TestContext.Current.CancellationToken);
    }
}
