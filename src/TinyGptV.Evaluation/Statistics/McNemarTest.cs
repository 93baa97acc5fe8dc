namespace TinyGptV.Evaluation.Statistics;

/// <summary>McNemar's exact test: whether as many samples got better as got worse.</summary>
internal static class McNemarTest
{
    /// <summary>The probability of a split at least as uneven if better and worse were equally likely. Assumes independent samples.</summary>
    /// <param name="better">How many samples only the second run got right.</param>
    /// <param name="worse">How many only the first run got right.</param>
    /// <returns>The two-sided probability; 1 if nothing changed.</returns>
    public static double PValue(int better, int worse)
    {
        int changed = better + worse, fewer = Math.Min(better, worse);
        // Binomial probabilities relative to the middle one. These are ratios of integers, so they are the same on every machine.
        double part = 1, tail = 0, half = 0;
        for (int k = changed / 2; k >= 0; k--)
        {
            if (k <= fewer)
                tail += part;
            if (2 * k < changed)
                half += part;
            part *= k / (double)(changed - k + 1);
        }

        double all = 2 * half + (changed % 2 == 0 ? 1 : 0);
        return Math.Min(1, 2 * tail / all);
    }
}
