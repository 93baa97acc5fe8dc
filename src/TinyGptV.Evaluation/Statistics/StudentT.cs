namespace TinyGptV.Evaluation.Statistics;

/// <summary>Student's t distribution, as needed for 95 % intervals.</summary>
internal static class StudentT
{
    /// <summary>The 97.5 % quantile of the normal distribution.</summary>
    public const double Normal = 1.959963984540054;

    private const double Tail = 0.05;

    // From here on, the expansion for many degrees of freedom is exact to 11 digits.
    private const double Many = 400;

    /// <summary>The 97.5 % quantile.</summary>
    /// <param name="degrees">Degrees of freedom, at least 1, not necessarily an integer.</param>
    /// <returns>The quantile, rounded to 9 decimals, because logarithms differ between platforms in the last bits and reports must not.</returns>
    public static double Quantile(double degrees)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(degrees, 1);
        return Math.Round(degrees >= Many ? Expand(degrees) : Search(degrees), 9);
    }

    /// <summary>The two-sided probability of a value at least as far from 0 as <paramref name="t"/>.</summary>
    internal static double BothTails(double t, double degrees)
    {
        double x = degrees / (degrees + t * t), a = degrees / 2;
        // Each fraction converges fast on its own side.
        return x < (a + 1) / (a + 2.5) ? BetaFraction(x, a, 0.5) : 1 - BetaFraction(1 - x, 0.5, a);
    }

    // Cornish and Fisher: powers of 1/degrees around the normal quantile.
    private static double Expand(double degrees)
    {
        const double z = Normal, z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;
        double v = 1 / degrees;
        return z + v * ((z3 + z) / 4
            + v * ((5 * z5 + 16 * z3 + 3 * z) / 96
            + v * ((3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / 384
            + v * (79 * z9 + 776 * z7 + 1482 * z5 - 1920 * z3 - 945 * z) / 92160)));
    }

    private static double Search(double degrees)
    {
        double low = Normal, high = 12.8; // the quantile of 1 degree of freedom is 12.706
        while (high - low > 1e-13 * high)
        {
            double middle = (low + high) / 2;
            if (middle == low || middle == high)
                break;
            if (BothTails(middle, degrees) > Tail)
                low = middle;
            else
                high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>The regularised incomplete beta function as a continued fraction (Lentz's method), for x below (a + 1) / (a + b + 2).</summary>
    private static double BetaFraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        double f = 1, c = 1, d = 0;
        for (int i = 0; i <= 500; i++)
        {
            double m = i / 2;
            double numerator = i == 0 ? 1
                : i % 2 == 0 ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
                : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 + numerator * d;
            d = 1 / (Math.Abs(d) < tiny ? tiny : d);
            c = 1 + numerator / c;
            c = Math.Abs(c) < tiny ? tiny : c;
            f *= c * d;
            if (Math.Abs(1 - c * d) < 1e-15)
                break;
        }

        return front * (f - 1);
    }

    /// <summary>Stirling's series, after raising the argument until its terms vanish.</summary>
    private static double LogGamma(double x)
    {
        double product = 1;
        for (; x < 12; x++)
            product *= x;
        double y = 1 / (x * x);
        double series = (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (1.0 / 1188 - y * 691.0 / 360360))))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.9189385332046727 + series - Math.Log(product);
    }
}
