using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class NormalTailsTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.6744897501960817, 0.5)]
    [InlineData(1.959963984540054, 0.05)]
    [InlineData(-1.959963984540054, 0.05)]
    [InlineData(2.5758293035489004, 0.01)]
    [InlineData(3.2905267314919255, 0.001)]
    [InlineData(5, 5.73303143758e-7)]
    [InlineData(40, 0)]
    public void Both_IsTheTwoSidedProbability(double standardErrors, double expected) =>
        Assert.Equal(expected, NormalTails.Both(standardErrors), precision: 12);

    [Fact]
    public void Both_IsContinuousWhereTheMethodChanges() =>
        Assert.Equal(NormalTails.Both(2 * Math.Sqrt(2) - 1e-9), NormalTails.Both(2 * Math.Sqrt(2) + 1e-9), tolerance: 1e-9);
}
