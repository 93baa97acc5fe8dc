namespace TinyGptV.Evaluation.Statistics;

/// <summary>
/// The power of a paired comparison (R. J. Connor, Biometrics 43, 1987): the smallest true difference that a test at the 5 % level finds in 80 of 100 sets of this
/// size.
/// </summary>
internal static class DetectableDifference
{
    /// <summary>The 80 % quantile of the normal distribution.</summary>
    private const double Power = 0.8416212335729143;

    /// <summary>Searches the smallest difference that 80 % power is reached with.</summary>
    /// <param name="samples">How many independent samples there are, or as many as they are worth.</param>
    /// <param name="changed">The mean square of a sample's change: the share of samples that changed, if scores are 0 and 1.</param>
    /// <returns>The difference, 0..1; null if so few samples cannot show any.</returns>
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

        // A difference cannot be larger than the share of samples that changed: if fewer did, more would have to.
        bool IsFound(double difference)
        {
            double share = Math.Min(1, Math.Max(changed, difference));
            return Math.Sqrt(samples) * difference >= StudentT.Normal * Math.Sqrt(share) + Power * Math.Sqrt(share - difference * difference);
        }
    }

    /// <summary>The smallest difference that is found with 80 % power if the difference has this standard error whatever it is.</summary>
    public static double OfError(double standardError) => (StudentT.Normal + Power) * standardError;
}
