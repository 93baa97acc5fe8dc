namespace TinyGptV.Evaluation.Statistics;

/// <summary>The tails of the normal distribution.</summary>
internal static class NormalTails
{
    // Below, the series of the error function has no cancellation that matters; above, the continued fraction converges fast.
    private const double SeriesEnd = 2;

    /// <summary>The two-sided probability of a value at least as far from 0.</summary>
    /// <param name="standardErrors">The distance from 0 in standard errors.</param>
    /// <returns>The probability, rounded to 12 decimals, because exponentials differ between platforms in the last bits and reports must not.</returns>
    public static double Both(double standardErrors)
    {
        double x = Math.Abs(standardErrors) / Math.Sqrt(2);
        return Math.Round(x < SeriesEnd ? 1 - Series(x) : Fraction(x), 12);
    }

    private static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; n < 60; n++)
        {
            term *= -x * x / n;
            sum += term / (2 * n + 1);
        }

        return 2 / Math.Sqrt(Math.PI) * sum;
    }

    private static double Fraction(double x)
    {
        double rest = x;
        for (int n = 80; n > 0; n--)
            rest = x + n / 2.0 / rest;
        return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / rest;
    }
}
