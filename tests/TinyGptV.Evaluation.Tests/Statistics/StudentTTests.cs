using TinyGptV.Evaluation.Statistics;

namespace TinyGptV.Evaluation.Tests.Statistics;

public sealed class StudentTTests
{
    // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: critical values of Student's t distribution, column 0.975.
    [Theory]
    [InlineData(1, 12.706)]
    [InlineData(2, 4.303)]
    [InlineData(3, 3.182)]
    [InlineData(4, 2.776)]
    [InlineData(5, 2.571)]
    [InlineData(10, 2.228)]
    [InlineData(20, 2.086)]
    [InlineData(30, 2.042)]
    [InlineData(60, 2.000)]
    [InlineData(100, 1.984)]
    public void Quantile_IsThatOfTheTable(int degrees, double expected) => Assert.Equal(expected, StudentT.Quantile(degrees), tolerance: 0.0005);

    // Inverted with 30 digits by another program, from the incomplete beta function.
    [Theory]
    [InlineData(1, 12.706204736)]
    [InlineData(1.5, 6.016663104)]
    [InlineData(2.5, 3.574654842)]
    [InlineData(7, 2.364624252)]
    [InlineData(25, 2.059538553)]
    [InlineData(100.5, 1.983850655)]
    [InlineData(399.9, 1.965913835)]
    [InlineData(400, 1.965912343)]
    [InlineData(401.5, 1.965890054)]
    [InlineData(1000, 1.962339081)]
    public void Quantile_IsRightToNineDecimals(double degrees, double expected) => Assert.Equal(expected, StudentT.Quantile(degrees));

    [Theory]
    [InlineData(0.5, 3, 0.651447964848151)]
    [InlineData(1, 1, 0.5)]
    [InlineData(1, 5, 0.3632174676491226)]
    [InlineData(3, 2, 0.09546596626670913)]
    [InlineData(0.1, 50, 0.9207442136529701)]
    [InlineData(0, 4, 1)]
    public void BothTails_IsTheProbabilityOfSuchAValue(double t, double degrees, double expected) =>
        Assert.Equal(expected, StudentT.BothTails(t, degrees), tolerance: 1e-12);

    [Fact]
    public void Quantile_IsThatOfTheClosedForms()
    {
        // The distribution functions of 1, 2 and 4 degrees of freedom can be inverted by hand.
        Assert.Equal(Math.Tan(Math.PI * 0.475), StudentT.Quantile(1), tolerance: 1e-8);
        Assert.Equal(0.95 * Math.Sqrt(2 / (4 * 0.975 * 0.025)), StudentT.Quantile(2), tolerance: 1e-9);
        double alpha = 4 * 0.975 * 0.025, q = Math.Cos(Math.Acos(Math.Sqrt(alpha)) / 3) / Math.Sqrt(alpha);
        Assert.Equal(2 * Math.Sqrt(q - 1), StudentT.Quantile(4), tolerance: 1e-9);
    }

    [Fact]
    public void Quantile_FallsTowardsTheNormalOne_AlsoWhereTheMethodChanges()
    {
        double last = StudentT.Quantile(1);
        for (double degrees = 1.25; degrees < 1e7; degrees *= 1.01)
        {
            double next = StudentT.Quantile(degrees);
            Assert.True(next <= last && next >= 1.959963984, $"{degrees}: {next} after {last}");
            last = next;
        }

        Assert.Equal(StudentT.Quantile(399.999999), StudentT.Quantile(400.000001), tolerance: 1.1e-9);
        Assert.Equal(StudentT.Normal, StudentT.Quantile(1e9), tolerance: 1e-8);
    }

    [Theory]
    [InlineData(1.7)]
    [InlineData(8)]
    [InlineData(63.5)]
    [InlineData(350)]
    public void BothTails_OfTheQuantile_AreFivePercent(double degrees) =>
        Assert.Equal(0.05, StudentT.BothTails(StudentT.Quantile(degrees), degrees), tolerance: 1e-9);

    [Fact]
    public void Quantile_NoDegreeOfFreedom_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => StudentT.Quantile(0));
}
