using System.Collections.Immutable;
using TinyGptV.Model.Configuration;
using TinyGptV.Model.Engine.Caches;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Engine;

public sealed class PromptPrefixesTests
{
    private const int ImageRows = 3;
    private const int BytesPerRow = 2 * 16 * sizeof(float); // one layer, one head

    private static PhiConfig Config { get; } = new() { HiddenSize = 16, NumAttentionHeads = 1, NumHiddenLayers = 1 };

    [Theory]
    [InlineData(new[] { 5, 6, 7, 8 }, 2 + ImageRows + 3)] // the same prompt: all but its last row
    [InlineData(new[] { 5, 6, 7, 9, 9 }, 2 + ImageRows + 3)]
    [InlineData(new[] { 9 }, 2 + ImageRows)] // nothing after the image
    [InlineData(new int[0], 0)] // the image's last row is asked for
    public void Begin_SameHeadAndImage_SharesThemAndTheTextInCommon(int[] after, int shared)
    {
        var prompts = new PromptPrefixes(1 << 20);
        using KvCache first = Begin(prompts, "a", [1, 2], [5, 6, 7, 8]), second = Begin(prompts, "a", [1, 2], [.. after]);
        Assert.Equal(0, first.Length);
        Assert.Equal(shared, second.Length);
        Assert.Equal(2 + ImageRows + after.Length + 1, second.Capacity);
        prompts.Clear();
    }

    [Fact]
    public void Begin_OtherImageOrOtherHead_SharesNothing()
    {
        var prompts = new PromptPrefixes(1 << 20);
        using KvCache first = Begin(prompts, "a", [1, 2], [5, 6]), otherImage = Begin(prompts, "b", [1, 2], [5, 6]);
        using KvCache otherHead = Begin(prompts, "a", [1, 3], [5, 6]), longerHead = Begin(prompts, "a", [1, 2, 5], [6]);
        Assert.All([otherImage, otherHead, longerHead], cache => Assert.Equal(0, cache.Length));
        prompts.Clear();
    }

    [Fact]
    public void Begin_AnotherTemplateOnTheSameImage_IsKeptToo()
    {
        var prompts = new PromptPrefixes(1 << 20);
        using KvCache first = Begin(prompts, "a", [1], [5, 6, 7, 8]), second = Begin(prompts, "a", [1], [9, 6, 7, 8]);
        using KvCache third = Begin(prompts, "a", [1], [9, 6, 7, 3]), fourth = Begin(prompts, "a", [1], [5, 6, 7, 3]);
        Assert.Equal(1 + ImageRows, second.Length);
        Assert.Equal(1 + ImageRows + 3, third.Length);
        Assert.Equal(1 + ImageRows + 3, fourth.Length);
        prompts.Clear();
    }

    [Fact]
    public void Begin_MoreThanFits_ForgetsWhatWasUsedLongestAgo()
    {
        const int Rows = 1 + ImageRows + 4 + 1;
        var prompts = new PromptPrefixes(2 * Rows * BytesPerRow);
        using KvCache a = Begin(prompts, "a", [1], [5, 6, 7, 8]), b = Begin(prompts, "b", [1], [5, 6, 7, 8]);
        using KvCache again = Begin(prompts, "a", [1], [5, 6, 7, 9]), c = Begin(prompts, "c", [1], [5, 6, 7, 8]); // b goes
        Assert.Equal(2 * Rows * BytesPerRow, prompts.Bytes);
        using KvCache shared = Begin(prompts, "a", [1], [5, 6, 7, 8]), forgotten = Begin(prompts, "b", [1], [5, 6, 7, 8]);
        Assert.Equal((1 + ImageRows + 3, 0), (shared.Length, forgotten.Length));
        prompts.Clear();
        Assert.Equal(0, prompts.Bytes);
    }

    [Fact]
    public void Begin_NoRoom_SharesNothing()
    {
        var prompts = new PromptPrefixes(0);
        using KvCache first = Begin(prompts, "a", [1], [5, 6]), second = Begin(prompts, "a", [1], [5, 6]);
        Assert.Equal(0, second.Length);
        Assert.Equal(0, prompts.Bytes);
    }

    private static KvCache Begin(PromptPrefixes prompts, string image, ImmutableArray<int> before, ImmutableArray<int> after) =>
        prompts.Begin(image, before, ImageRows, after, extra: 1, capacity => new KvCache(Config, capacity, float32, CPU));
}
