using System.Numerics;
using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class McNemarTestTests
{
    [Fact]
    public void PValue_IsTheSumOfBinomialProbabilities()
    {
        for (int better = 0; better <= 40; better++)
        {
            for (int worse = 0; worse <= 40; worse++)
                Assert.Equal(Exact(better, worse), McNemarTest.PValue(better, worse), tolerance: 1e-14);
        }

        Assert.Equal(Exact(86, 150), McNemarTest.PValue(86, 150), tolerance: 1e-16);
        Assert.Equal(Exact(4900, 5100), McNemarTest.PValue(4900, 5100), tolerance: 1e-12);
    }

    // A. Agresti, Categorical Data Analysis, section 10.1: approval of a prime minister in two surveys. McNemar's statistic is -4.17.
    [Fact]
    public void PValue_OfAgrestisExample_IsThatOfItsStatistic() => Assert.InRange(McNemarTest.PValue(86, 150), 2e-5, 5e-5);

    [Fact]
    public void PValue_OfManyChanges_IsNeitherLostNorSlow()
    {
        Assert.InRange(McNemarTest.PValue(60_000, 60_000), 0.999, 1);
        Assert.InRange(McNemarTest.PValue(59_000, 61_000), 1e-9, 1e-8); // 5.77 standard deviations
        Assert.Equal(0, McNemarTest.PValue(0, 100_000));
    }

    [Fact]
    public void PValue_NothingChanged_IsOne() => Assert.Equal(1, McNemarTest.PValue(0, 0));

    private static double Exact(int better, int worse)
    {
        int n = better + worse;
        BigInteger tail = 0, choices = 1;
        for (int k = 0; k <= Math.Min(better, worse); k++)
        {
            tail += choices;
            choices = choices * (n - k) / (k + 1);
        }

        // 120 fractional bits are enough; the quotient of large integers is exact to the last bit of a double.
        double p = (double)((tail << 121) / BigInteger.Pow(2, n)) / Math.Pow(2, 120);
        return Math.Min(1, p);
    }
}
