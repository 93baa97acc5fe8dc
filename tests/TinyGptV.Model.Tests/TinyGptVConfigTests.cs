namespace TinyGptV.Model.Tests;

public sealed class TinyGptVConfigTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Read_PropertiesThatAreAbsent_KeepThePublishedValues()
    {
        File.WriteAllText(_path, """{"image_size": 224, "eva": {"depth": 2}}""");
        TinyGptVConfig expected = new() { ImageSize = 224, Eva = new EvaConfig { Depth = 2 } };
        Assert.Equal(expected, TinyGptVConfig.Read(_path));
    }

    [Fact]
    public void Read_PhiWithoutAnEndToken_FallsBackToTheLibrarysLikeTheOriginal()
    {
        File.WriteAllText(_path, """{"hidden_size": 2560, "unknown": true}""");
        Assert.Equal(new PhiConfig(), PhiConfig.Read(_path));
        Assert.Equal(2, PhiConfig.Read(_path).EosTokenId);
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{\"image_size\": \"wide\"}")]
    [InlineData("{")]
    public void Read_NoConfiguration_SaysSo(string text)
    {
        File.WriteAllText(_path, text);
        Assert.Contains(_path, Assert.Throws<InvalidDataException>(() => TinyGptVConfig.Read(_path)).Message, StringComparison.Ordinal);
    }
}
