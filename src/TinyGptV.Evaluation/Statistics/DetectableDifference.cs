namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// The power of a paired comparison (R. J. Connor, Biometrics 43, 1987): the smallest true difference that a test at the 5 % level
/// detects with 80 % power.
/// </summary>
internal static class DetectableDifference
{
    /// <summary>The 80 % quantile of the normal distribution.</summary>
    private const double Power = 0.8416212335729143;

    /// <summary>Finds the smallest difference with 80 % power.</summary>
    /// <param name="samples">The effective number of independent samples.</param>
    /// <param name="changed">The mean squared change of a sample; for scores of 0 and 1 the share of samples that changed.</param>
    /// <returns>The difference, 0 to 1; null with too few samples to detect any.</returns>
    public static double? Of(double samples, double changed)
    {
        if (!IsFound(1))
            return null;
        double low = 0, high = 1;
        while (high - low > 1e-12)
        {
            double middle = (low + high) / 2;
            if (IsFound(middle))
                high = middle;
            else
                low = middle;
        }

        return high;

        // A difference cannot exceed the share of samples that changed.
        bool IsFound(double difference)
        {
            double share = Math.Min(1, Math.Max(changed, difference));
            return Math.Sqrt(samples) * difference >= StudentT.Normal * Math.Sqrt(share) + Power * Math.Sqrt(share - difference * difference);
        }
    }

    /// <summary>The smallest difference detected with 80 % power, if the standard error does not depend on the difference.</summary>
    public static double OfError(double standardError) => (StudentT.Normal + Power) * standardError;
}
