namespace TinyGptV.Evaluation.Statistics;

/// <summary>Wilson's interval of a proportion: it stays within 0 and 1, and has a width even at 0 and 1.</summary>
internal static class WilsonInterval
{
    /// <summary>The 95 % interval, within 0 and 1.</summary>
    /// <param name="part">The proportion, 0 to 1.</param>
    /// <param name="samples">The effective number of independent samples, not necessarily an integer.</param>
    public static Interval Of(double part, double samples)
    {
        const double z = StudentT.Normal, square = z * z;
        double centre = (part + square / (2 * samples)) / (1 + square / samples);
        double half = z / (1 + square / samples) * Math.Sqrt((part * (1 - part) + square / (4 * samples)) / samples);
        // At 0 and 1, centre and half differ only in the last bits.
        return new Interval(part <= 0 ? 0 : Math.Max(0, centre - half), part >= 1 ? 1 : Math.Min(1, centre + half));
    }
}
