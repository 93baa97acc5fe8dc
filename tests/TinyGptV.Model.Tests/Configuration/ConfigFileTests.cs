using TinyGptV.Model.Configuration;

namespace TinyGptV.Model.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_PropertiesThatAreAbsent_KeepThePublishedValues()
    {
        File.WriteAllText(_path, """{"image_size": 224, "eva": {"depth": 2}}""");
        TinyGptVConfig expected = new() { ImageSize = 224, Eva = new EvaConfig { Depth = 2 } };
        Assert.Equal(expected, ConfigFile.ReadModel(_path));
    }

    [Fact]
    public void Read_PhiWithoutAnEndToken_FallsBackToTheLibrarysLikeTheOriginal()
    {
        File.WriteAllText(_path, """{"hidden_size": 2560, "unknown": true}""");
        Assert.Equal(new PhiConfig(), ConfigFile.ReadPhi(_path));
        Assert.Equal(2, ConfigFile.ReadPhi(_path).EosTokenId);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"image_size\": \"wide\"}")]
    [InlineData("{")]
    public void Read_NoConfiguration_SaysSo(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(_path, Assert.Throws<InvalidDataException>(() => ConfigFile.ReadModel(_path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"patch_size": 0}""", "patch_size is 0, expected 1 to 8192")]
    [InlineData("""{"eva": {"depth": 39000000}}""", "eva.depth is 39000000")]
    [InlineData("""{"eva": {"num_heads": 3}}""", "eva.num_heads is 3, expected a divisor of eva.embed_dim 1408")]
    [InlineData("""{"eva": {"num_heads": 0, "mlp_ratio": -1}}""", "eva.mlp_ratio is -1, expected more than 0 and at most 1000; eva.num_heads is 0")]
    [InlineData("""{"qformer": null}""", "qformer")]
    public void Read_SizesThatMakeNoSense_AreAllNamed(string text, string expected)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ConfigFile.ReadModel(_path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"num_attention_heads": 0}""", "num_attention_heads is 0")]
    [InlineData("""{"num_hidden_layers": 1000000}""", "num_hidden_layers is 1000000, expected 1 to 512")]
    [InlineData("""{"partial_rotary_factor": 0.02}""", "1 of 80 dimensions")]
    public void Read_PhiSizesThatMakeNoSense_AreNamed(string text, string expected)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => ConfigFile.ReadPhi(_path)).Message, StringComparison.Ordinal);
    }
}
