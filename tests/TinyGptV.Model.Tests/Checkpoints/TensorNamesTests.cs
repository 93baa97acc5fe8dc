using CsCheck;
using TinyGptV.Model.Checkpoints.Layout;

namespace TinyGptV.Model.Tests.Checkpoints;

public sealed class TensorNamesTests
{
    [Fact]
    public void Group_NamesOfManyLayers_BecomeRanges()
    {
        string[] names =
            [.. Enumerable.Range(0, 32).Select(i => $"model.layers.{i}.post_layernorm.weight"), "lm_head.bias", "a.7.b", "a.2.b", "a.3.b", "a.7.c"];

        Assert.Equal(["model.layers.0..31.post_layernorm.weight", "lm_head.bias", "a.2..3,7.b", "a.7.c"], TensorNames.Group(names));
    }

    [Fact]
    public void Group_AnyNames_DoesNotFail() =>
        Gen.String[Gen.Char["ab.0123456789\u0661"], 0, 20].Array[0, 10]
            .Sample(names => Assert.InRange(TensorNames.Group(names).Count(), Math.Min(1, names.Length), names.Length));
}
