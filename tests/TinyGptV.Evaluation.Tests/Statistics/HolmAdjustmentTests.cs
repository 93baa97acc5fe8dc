using CsCheck;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class HolmAdjustmentTests
{
    // The example of the article on the Holm-Bonferroni method in the English Wikipedia: 0.01, 0.04, 0.03, 0.005.
    [Fact]
    public void Adjust_IsThatOfTheWorkedExample()
    {
        double?[] expected = [0.03, 0.06, 0.06, 0.02];

        Assert.Equal(expected, HolmAdjustment.Adjust([0.01, 0.04, 0.03, 0.005]).Select(p => (double?)Math.Round(p!.Value, 12)));
    }

    [Fact]
    public void Adjust_WhatWasNotCompared_DoesNotCount() => Assert.Equal([null, 0.04, null, 0.03], HolmAdjustment.Adjust([null, 0.04, null, 0.015]));

    [Fact]
    public void Adjust_StaysBetweenThePValueAndBonferronis() => Gen.Double[0, 1].Array[0, 12].Sample(p =>
    {
        double?[] adjusted = [.. HolmAdjustment.Adjust([.. p.Select(one => (double?)one)])];
        return Enumerable.Range(0, p.Length).All(i => adjusted[i] >= p[i] && adjusted[i] <= Math.Min(1, p[i] * p.Length) + 1e-15);
    });

    [Fact]
    public void Adjust_OneOrNone_ChangesNothing()
    {
        Assert.Equal([0.03], HolmAdjustment.Adjust([0.03]));
        Assert.Empty(HolmAdjustment.Adjust([]));
    }
}
