using System.Runtime.Intrinsics;
using CsCheck;
using TinyGptV.Model.Kernels;
using static TorchSharp.torch;

namespace TinyGptV.Model.Tests.Kernels;

public sealed class PassesTests
{
    [Fact]
    public void Exp_AnyArgument_IsRightToTheLastBits() =>
        Gen.Float[-87, 88].Array[8].Sample(values =>
        {
            Vector256<float> powers = Lanes.Exp(Vector256.Create(values));
            for (int i = 0; i < 8; i++)
                Assert.Equal(1, powers[i] / Math.Exp(values[i]), 3e-7);
        }, iter: 2000, threads: 1);

    [Fact]
    public void Exp_NotANumber_RemainsSo() => Assert.True(float.IsNaN(Lanes.Exp(Vector256.Create(float.NaN))[3]));

    [Theory]
    [InlineData(ScalarType.Float32, 1, 1e-6)]
    [InlineData(ScalarType.Float32, 2, 1e-6)]
    [InlineData(ScalarType.BFloat16, 2, 4e-3)]
    public void TanhGelu_AnyNumberOfValues_IsTheFormula(ScalarType dtype, int threads, double tolerance) =>
        Gen.Select(Gen.Int[1, 100_000], Gen.Int[1, 1000]).Sample((count, seed) =>
        {
            using var scope = NewDisposeScope();
            set_num_threads(threads);
            Tensor x = (4 * randn([count], generator: new Generator((ulong)seed))).to(dtype), wide = x.to(float64);
            Tensor expected = 0.5 * wide * (1 + (Math.Sqrt(2 / Math.PI) * (wide + 0.044715 * wide.pow(3))).tanh());
            Golden.AssertClose(expected, Passes.TanhGelu(x.clone()), tolerance, "GELU");
        }, iter: 20, threads: 1);

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.BFloat16)]
    public void TanhGelu_ExtremeValues_AreRight(ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor x = tensor(new[] { float.NaN, 1e30f, -1e30f, 0, float.PositiveInfinity, -50, 50, 1e-30f, float.NaN }).to(dtype);
        float[] result = [.. Passes.TanhGelu(x.clone()).to(float32).data<float>()], given = [.. x.to(float32).data<float>()];
        Assert.True(float.IsNaN(result[0]) && float.IsNaN(result[8]));
        Assert.Equal([given[1], 0, 0, float.PositiveInfinity, 0, 50, given[7] / 2], result[1..8].Select(v => v == 0 ? 0 : Math.Abs(v) < 1e-7 && v < 0 ? 0 : v));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 2e-6)]
    [InlineData(ScalarType.BFloat16, 2e-6)] // computed in float32 from the same rounded values
    public void NormAndSum_AnyShape_IsTheFormula(ScalarType dtype, double tolerance) =>
        Gen.Select(Gen.Int[1, 300], Gen.Int[1, 100], Gen.Int[1, 1000]).Sample((rows, width, seed) =>
        {
            using var scope = NewDisposeScope();
            set_num_threads(2);
            using var random = new Generator((ulong)seed);
            Tensor a = randn([rows, width], generator: random).to(dtype), b = randn([rows, width], generator: random).to(dtype);
            Tensor x = randn([rows, width], generator: random), weight = randn([width], generator: random);
            Tensor wide = a.to(float64);
            Tensor expected = wide / (wide.square().mean([1], keepdim: true) + 1e-6).sqrt() * weight + b.to(float64) + x;
            Golden.AssertClose(expected, Passes.NormAndSum(a, weight, 1e-6f, b, x), tolerance, "sum");
        }, iter: 40, threads: 1);
}
