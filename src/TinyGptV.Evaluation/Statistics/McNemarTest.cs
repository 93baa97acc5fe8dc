namespace TinyGptV.Evaluation.Statistics;

/// <summary>McNemar's exact test: whether of the samples on which two runs disagree, as many changed to the better as to the worse.</summary>
internal static class McNemarTest
{
    /// <summary>How likely a split at least as uneven would be if better and worse were equally likely; samples are taken to be independent.</summary>
    /// <param name="better">How many samples only the second run has right.</param>
    /// <param name="worse">How many only the first one has right.</param>
    /// <returns>The two-sided probability; 1 if nothing changed.</returns>
    public static double PValue(int better, int worse)
    {
        int changed = better + worse, fewer = Math.Min(better, worse);
        // Binomial probabilities as parts of the middle one: fractions of whole numbers, which come out the same on every machine.
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
