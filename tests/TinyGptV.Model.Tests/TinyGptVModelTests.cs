using System.Globalization;
using System.Text.RegularExpressions;
using TinyGptV.Model.Configuration;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests;

public sealed partial class TinyGptVModelTests
{
    // Published total: 3,917,012,352 parameters with adapters at 448 pixels. Without adapters 31,457,280 fewer; with the shorter position
    // table for 224 pixels 1,081,344 fewer.
    [Theory]
    [InlineData("stage1", 224, 0, 3_884_473_728)]
    [InlineData("stages-2-3", 224, 64, 3_915_931_008)]
    [InlineData("stage4", 448, 64, 3_917_012_352)]
    public void ParametersByKey_RealSize_AreTheApproved(string name, int imageSize, int loraRank, long total)
    {
        var config = new TinyGptVConfig { ImageSize = imageSize, Lora = new LoraConfig { R = loraRank } };
        using var model = new TinyGptVModel(config, new PhiConfig(), float32, META);

        Assert.Equal(total, model.ParametersByKey().Values.Sum(p => p.numel()));
        Approved.AssertMatches($"{name}.parameters.txt", Describe(model.ParametersByKey()));
    }

    // One line per name and shape, with equal layers grouped: "visual_encoder.blocks.{0..38}.norm1.weight [1408]".
    private static string Describe(IReadOnlyDictionary<string, Tensor> parameters) =>
        string.Concat(parameters
            .Select(p => (Number: LayerNumber().Match(p.Key), p.Key, Shape: string.Join(", ", p.Value.shape)))
            .GroupBy(p => (Name: p.Number.Success ? LayerNumber().Replace(p.Key, ".{}.", 1) : p.Key, p.Shape))
            .Select(g => $"{g.Key.Name.Replace("{}", Range(LayersOf(g.Select(p => p.Number))), StringComparison.Ordinal)} [{g.Key.Shape}]\n")
            .Order(StringComparer.Ordinal));

    private static int[] LayersOf(IEnumerable<Match> numbers) =>
        [.. numbers.Where(number => number.Success).Select(number => int.Parse(number.Groups[1].Value, CultureInfo.InvariantCulture)).Order()];

    private static string Range(int[] layers) =>
        layers.Length == 0 ? "" : layers[^1] - layers[0] + 1 == layers.Length ? $"{{{layers[0]}..{layers[^1]}}}" : $"{{{string.Join(',', layers)}}}";

    [GeneratedRegex(@"\.(\d+)\.")]
    private static partial Regex LayerNumber();
}
