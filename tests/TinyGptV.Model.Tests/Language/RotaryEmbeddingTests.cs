using TinyGptV.Model.Configuration;
using TinyGptV.Model.Language;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Language;

public sealed class RotaryEmbeddingTests
{
    private static PhiConfig Config { get; } = ConfigFile.ReadPhi(Golden.PathOf("phi/config.json"));

    [Fact]
    public void Rows_Float16_AreRoundedToItAsTheOriginalBuildsThem()
    {
        using var scope = NewDisposeScope();
        using var exact = new RotaryEmbedding(Config, float32, CPU);
        using var rounded = new RotaryEmbedding(Config, float16, CPU);
        Tensor positions = arange(50, dtype: int64);
        Tensor expected = exact.Rows(positions, 50).Cos.to(float16).to(float32), actual = rounded.Rows(positions, 50).Cos;
        Assert.Equal(expected.bytes.ToArray(), actual.bytes.ToArray());
        Assert.NotEqual(exact.Rows(positions, 50).Cos.bytes.ToArray(), actual.bytes.ToArray());
    }

    [Fact]
    public void Rows_BeyondTheTable_GrowItWithoutChangingItsFront()
    {
        using var scope = NewDisposeScope();
        using var rotary = new RotaryEmbedding(Config, float32, CPU);
        int end = 3 * Config.MaxPositionEmbeddings;
        byte[] before = rotary.Rows(arange(5, dtype: int64), 5).Sin.bytes.ToArray();
        Assert.Equal(end, rotary.Rows(arange(end, dtype: int64), end).Sin.shape[0]);
        Assert.Equal(before, rotary.Rows(arange(5, dtype: int64), 5).Sin.bytes.ToArray());
    }
}
